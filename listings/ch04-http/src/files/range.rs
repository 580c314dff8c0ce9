//! Ranges ([RFC 9110, section
//! 14](https://www.rfc-editor.org/rfc/rfc9110#section-14)).

use std::hash::{BuildHasher, RandomState};

/// Bytes from one place up to before another.
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
        format!("bytes {}-{}/{len}", self.start, self.end - 1)
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
        let total: u64 = ranges.iter().map(|r| r.end - r.start).sum();
        match ranges.len() {
            0 if any => Ranges::None,
            0 => Ranges::All,
            1 => Ranges::Some(ranges),
            _ if total > len => Ranges::All,
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
        ("", count) => (len.saturating_sub(number(count)?), len),
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
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let some = |ranges: &[(u64, u64)]| {
            let range = |&(start, end)| Range { start, end };
            Ranges::Some(ranges.iter().map(range).collect())
        };
        for (value, want) in [
            ("bytes=0-0", some(&[(0, 1)])),
            ("bytes=0-9", some(&[(0, 10)])),
            ("bytes=5-", some(&[(5, 10)])),
            ("bytes=-3", some(&[(7, 10)])),
            ("bytes=-99", some(&[(0, 10)])),
            ("bytes=8-99", some(&[(8, 10)])),
            ("bytes=0-99999999999999999999999", some(&[(0, 10)])),
            ("BYTES=1-2", some(&[(1, 3)])),
            ("bytes=0-1, 4-5,, -1", some(&[(0, 2), (4, 6), (9, 10)])),
            ("bytes=0-1,99-", some(&[(0, 2)])),
            ("bytes=10-", Ranges::None),
            ("bytes=-0", Ranges::None),
            ("bytes=99-,100-", Ranges::None),
            ("bytes=99999999999999999999999-", Ranges::None),
            ("bytes=3-1", Ranges::All),
            ("bytes=-", Ranges::All),
            ("bytes=", Ranges::All),
            ("bytes=a-b", Ranges::All),
            ("bytes=+1-2", Ranges::All),
            ("bytes=1-2-3", Ranges::All),
            ("bytes 1-2", Ranges::All),
            ("lines=1-2", Ranges::All),
            ("bytes=0-9,0-9", Ranges::All),
            ("bytes=0-5,5-9,1-1", Ranges::All),
        ] {
            assert_eq!(Ranges::parse(value.as_bytes(), 10), want, "{value}");
        }
        let many = "0-0,".repeat(17);
        let many = format!("bytes={many}");
        assert_eq!(Ranges::parse(many.as_bytes(), 1000), Ranges::All);
        assert_eq!(Ranges::parse(b"bytes=0-", 0), Ranges::None);
    }
}
