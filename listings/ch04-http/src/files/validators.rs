//! What tells one state of a file from another, and requests that depend on
//! it ([RFC 9110, section
//! 13](https://www.rfc-editor.org/rfc/rfc9110#section-13)).

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use crate::head::Fields;

/// The validators of a file.
#[derive(Debug, Clone)]
pub struct Validators {
    tag: String,
    modified: Option<SystemTime>,
}

/// What becomes of a request with conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// They hold.
    Go,
    /// The client has it already: 304.
    NotModified,
    /// It is not what the client thinks it is: 412.
    Failed,
}

impl Validators {
    /// Of a file, at `now`. What was changed in this second may be changed
    /// again without a trace: its tag is weak, and no range is cut from it by
    /// that.
    // ANCHOR: of
    pub fn of(data: &Metadata, now: SystemTime) -> Self {
        let modified = data.modified().ok();
        let stamp = data.mtime() as i128 * 1_000_000_000
            + i128::from(data.mtime_nsec());
        let age = modified.and_then(|m| now.duration_since(m).ok());
        let weak = match age {
            Some(age) if age >= Duration::from_secs(1) => "",
            _ => "W/",
        };
        let (inode, len) = (data.ino(), data.len());
        Validators {
            tag: format!("{weak}\"{inode:x}-{len:x}-{stamp:x}\""),
            modified,
        }
    }
    // ANCHOR_END: of

    /// The `ETag` field.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The `Last-Modified` field.
    pub fn modified(&self) -> Option<String> {
        let date = self.modified.filter(is_date)?;
        Some(httpdate::fmt_http_date(date))
    }

    /// Judges the conditions of a GET or HEAD, in the order of [RFC 9110,
    /// section
    /// 13.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2).
    // ANCHOR: judge
    pub fn judge(&self, fields: &Fields<'_>) -> Outcome {
        let mut tags = fields.all("if-match").peekable();
        if tags.peek().is_some() {
            let strong = |tag: &str| !is_weak(tag) && tag == self.tag;
            if !tags.any(|list| lists(list, strong)) {
                return Outcome::Failed;
            }
        } else if self.changed_since(fields, "if-unmodified-since")
            == Some(true)
        {
            return Outcome::Failed;
        }
        let mut tags = fields.all("if-none-match").peekable();
        if tags.peek().is_some() {
            let weak = |tag: &str| opaque(tag) == opaque(&self.tag);
            if tags.any(|list| lists(list, weak)) {
                return Outcome::NotModified;
            }
        } else if self.changed_since(fields, "if-modified-since") == Some(false)
        {
            return Outcome::NotModified;
        }
        Outcome::Go
    }
    // ANCHOR_END: judge

    /// Whether a range may be cut out: the client has the rest of just this
    /// ([RFC 9110, section
    /// 13.1.5](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5)).
    pub fn if_range(&self, fields: &Fields<'_>) -> bool {
        let Ok(value) = fields.only("if-range") else {
            return false;
        };
        let Some(value) = value else {
            return true;
        };
        let value = str::from_utf8(value).unwrap_or_default();
        if value.starts_with('"') || is_weak(value) {
            return value == self.tag && !is_weak(value);
        }
        // A date is as strong as the tag.
        self.modified().as_deref() == Some(value) && !is_weak(&self.tag)
    }

    /// Whether it is newer than the date in a field; `None` if there is none.
    fn changed_since(&self, fields: &Fields<'_>, name: &str) -> Option<bool> {
        let value = fields.only(name).ok()??;
        let value = str::from_utf8(value).ok()?;
        let date = httpdate::parse_http_date(value).ok()?;
        // A date has no fractions.
        let modified = seconds(self.modified?)?;
        Some(modified > seconds(date)?)
    }
}

fn seconds(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs())
}

/// Whether a date can be written: years 1970 to 9999.
fn is_date(time: &SystemTime) -> bool {
    seconds(*time).is_some_and(|seconds| seconds < 253_402_300_800)
}

fn is_weak(tag: &str) -> bool {
    tag.starts_with("W/")
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Whether a list of tags has one that is `wanted`; `*` is any. A comma may
/// stand within the quotes.
fn lists(list: &[u8], wanted: impl Fn(&str) -> bool) -> bool {
    let Ok(mut rest) = str::from_utf8(list) else {
        return false;
    };
    if rest == "*" {
        return true;
    }
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let open = if is_weak(rest) { 2 } else { 0 };
        let Some(close) = rest
            .get(open..)
            .and_then(|tag| tag.strip_prefix('"'))
            .and_then(|tag| tag.find('"'))
        else {
            return false;
        };
        let (tag, behind) = rest.split_at(open + close + 2);
        if wanted(tag) {
            return true;
        }
        rest = behind;
    }
}
