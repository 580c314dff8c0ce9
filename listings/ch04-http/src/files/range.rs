//! Ranges ([RFC 9110, section
//! 14](https://www.rfc-editor.org/rfc/rfc9110#section-14)).

use std::hash::{BuildHasher, RandomState};

/// Bytes from one place up to before another: never none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub start: u64,
    /// Behind the last.
    pub end: u64,
}

impl Range {
    /// How `Content-Range` says it.
    pub fn of(self, len: u64) -> String {
        let last = self.end.saturating_sub(1);
        format!("bytes {}-{last}/{len}", self.start)
    }
}

/// What a `Range` field asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ranges {
    /// Everything: there is no such field, or it says nothing that we
    /// understand, or it asks for too much.
    All,
    /// These.
    Some(Vec<Range>),
    /// Nothing that is there: 416.
    None,
}

/// More ranges than this are not worth their heads.
const MOST: usize = 16;

impl Ranges {
    /// Reads the value of a `Range` field, for something that has `len`
    /// bytes. Who asks for many ranges or for the same bytes again and again
    /// gets everything, once ([RFC 9110, section
    /// 14.2](https://www.rfc-editor.org/rfc/rfc9110#section-14.2) lets us).
    // ANCHOR: parse
    pub fn parse(value: &[u8], len: u64) -> Self {
        let Some((unit, set)) = str::from_utf8(value)
            .ok()
            .and_then(|value| value.split_once('='))
        else {
            return Ranges::All;
        };
        if !unit.eq_ignore_ascii_case("bytes") {
            return Ranges::All;
        }
        let (mut ranges, mut any) = (Vec::new(), false);
        for spec in set.split(',').map(|s| s.trim_matches([' ', '\t'])) {
            if spec.is_empty() {
                continue;
            }
            any = true;
            match range(spec, len) {
                Some(Some(range)) if ranges.len() < MOST => ranges.push(range),
                Some(Some(_)) | None => return Ranges::All,
                Some(None) => {}
            }
        }
        // A sparse file can be so long that three times its length is no u64.
        let lengths = ranges.iter().map(|r| u128::from(r.end - r.start));
        let total: u128 = lengths.sum();
        match ranges.len() {
            0 if any => Ranges::None,
            0 => Ranges::All,
            1 => Ranges::Some(ranges),
            _ if total > len.into() => Ranges::All,
            _ => Ranges::Some(ranges),
        }
    }
    // ANCHOR_END: parse
}

/// One of them; `Some(None)` if it is behind the end, `None` if it is none.
fn range(spec: &str, len: u64) -> Option<Option<Range>> {
    let (first, last) = spec.split_once('-')?;
    let (start, end) = match (first, last) {
        ("", "") => return None,
        // The last so many.
        ("", count) => {
            let count = number(count)?;
            // Satisfiable, says section 14.1.2, but `Content-Range` has no
            // words for no bytes: everything it is.
            if len == 0 && count > 0 {
                return None;
            }
            (len.saturating_sub(count), len)
        }
        (first, "") => (number(first)?, len),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return None;
            }
            (first, last.saturating_add(1).min(len))
        }
    };
    Some((start < end).then_some(Range { start, end }))
}

/// Digits, and nothing else. Beyond 2^64 everything is as far.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

/// What separates the parts of a response: nothing that a file has, unless
/// its author can see into the future.
pub fn boundary() -> String {
    let random = || RandomState::new().hash_one(0);
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests;
