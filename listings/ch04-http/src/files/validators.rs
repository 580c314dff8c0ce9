//! What tells one state of a file from another, and requests that depend on
//! it ([RFC 9110, section
//! 13](https://www.rfc-editor.org/rfc/rfc9110#section-13)).

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::head::Fields;

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;
/// The first second of the year 10000, which no date can be written for.
const END_OF_DATES: i64 = 253_402_300_800;

/// The validators of a file.
#[derive(Debug, Clone)]
pub struct Validators {
    tag: String,
    /// When it was written, in seconds since 1970.
    written: i64,
    /// What we say about that.
    date: Option<String>,
    /// Whether the next change will show.
    settled: bool,
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

/// What the kernel knows of a file. Times are in nanoseconds since 1970.
struct State {
    inode: u64,
    len: u64,
    /// When its bytes changed. Anybody who may write it may set this.
    written: i128,
    /// When anything about it changed. Only the kernel sets this.
    changed: i128,
}

impl Validators {
    /// Of a file, at `now`. What was changed within the last second may be
    /// changed again without a trace. Until that second is over, the tag is
    /// weak, so that no range is cut by it, and no date is told.
    pub fn of(data: &Metadata, now: SystemTime) -> Self {
        let time = |seconds: i64, nanoseconds: i64| {
            i128::from(seconds) * SECOND + i128::from(nanoseconds)
        };
        let state = State {
            inode: data.ino(),
            len: data.len(),
            written: time(data.mtime(), data.mtime_nsec()),
            changed: time(data.ctime(), data.ctime_nsec()),
        };
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Validators::new(&state, now)
    }

    // ANCHOR: new
    fn new(state: &State, now: Duration) -> Self {
        let State {
            inode,
            len,
            written,
            changed,
        } = *state;
        let now = i128::try_from(now.as_nanos()).unwrap_or(i128::MAX);
        let settled = now.saturating_sub(changed) >= SECOND;
        let weak = if settled { "" } else { "W/" };
        // No date is later than our own clock, whatever the file says.
        let date = settled.then(|| http_date(seconds(written.min(now))));
        Validators {
            tag: format!("{weak}\"{inode:x}-{len:x}-{written:x}-{changed:x}\""),
            written: seconds(written),
            date: date.flatten(),
            settled,
        }
    }
    // ANCHOR_END: new

    /// The `ETag` field.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The `Last-Modified` field.
    pub fn modified(&self) -> Option<&str> {
        self.date.as_deref()
    }

    /// Judges the conditions of a GET or HEAD, in the order of [RFC 9110,
    /// section
    /// 13.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2).
    ///
    /// A date before 1970 counts as none.
    // ANCHOR: judge
    pub fn judge(&self, fields: &Fields<'_>) -> Outcome {
        let mut tags = fields.all("if-match").peekable();
        if tags.peek().is_some() {
            let same = |tag: &[u8]| self.settled && tag == self.tag.as_bytes();
            if !tags.any(|list| lists(list, same)) {
                return Outcome::Failed;
            }
        } else if self.changed_since(fields, "if-unmodified-since")
            == Some(true)
        {
            return Outcome::Failed;
        }
        let mut tags = fields.all("if-none-match").peekable();
        if tags.peek().is_some() {
            let ours = opaque(self.tag.as_bytes());
            if tags.any(|list| lists(list, |tag| opaque(tag) == ours)) {
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
    ///
    /// By a strong tag alone. A date would do only if we knew that the file
    /// was not changed twice within its second, and we do not.
    // ANCHOR: if_range
    pub fn if_range(&self, fields: &Fields<'_>) -> bool {
        match fields.only("if-range") {
            Ok(None) => true,
            Ok(Some(tag)) => self.settled && tag == self.tag.as_bytes(),
            Err(_) => false,
        }
    }
    // ANCHOR_END: if_range

    /// Whether it was changed after the date in a field; `None` if there is
    /// none. Within the second of the date itself nobody can tell: as long as
    /// it is not over, we say yes.
    fn changed_since(&self, fields: &Fields<'_>, name: &str) -> Option<bool> {
        let value = fields.only(name).ok()??;
        let value = str::from_utf8(value).ok()?;
        let date = httpdate::parse_http_date(value).ok()?;
        let date = date.duration_since(UNIX_EPOCH).ok()?.as_secs();
        let date = i64::try_from(date).ok()?;
        let same = self.written == date && !self.settled;
        Some(same || self.written > date)
    }
}

/// The second in which an instant lies. The kernel counts seconds in 64 bits.
fn seconds(time: i128) -> i64 {
    let seconds = time.div_euclid(SECOND);
    i64::try_from(seconds).unwrap_or(if seconds < 0 {
        i64::MIN
    } else {
        i64::MAX
    })
}

/// A date as HTTP writes it, which can be done for the years 1970 to 9999.
fn http_date(seconds: i64) -> Option<String> {
    let seconds = u64::try_from(seconds).ok()?;
    (seconds < END_OF_DATES as u64)
        .then(|| UNIX_EPOCH + Duration::from_secs(seconds))
        .map(httpdate::fmt_http_date)
}

/// A tag, whether it is weak or not.
fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

/// Whether a list of tags has one that is `wanted`; `*` is any. A comma may
/// stand within the quotes. What follows something that is no tag is not
/// looked at. Every byte is looked at twice at most.
fn lists(list: &[u8], wanted: impl Fn(&[u8]) -> bool) -> bool {
    if list == b"*" {
        return true;
    }
    let mut rest = list;
    loop {
        rest = skip(rest, b" \t,");
        let open = rest.len() - opaque(rest).len();
        let Some(close) = rest[open..]
            .strip_prefix(b"\"")
            .and_then(|tag| memchr::memchr(b'"', tag))
        else {
            return false;
        };
        let (tag, behind) = rest.split_at(open + close + 2);
        if wanted(tag) {
            return true;
        }
        rest = skip(behind, b" \t");
        if rest.first().is_some_and(|&byte| byte != b',') {
            return false;
        }
    }
}

/// What is left behind those of these bytes that stand in front.
fn skip<'a>(bytes: &'a [u8], these: &[u8]) -> &'a [u8] {
    let other = bytes.iter().position(|byte| !these.contains(byte));
    &bytes[other.unwrap_or(bytes.len())..]
}

#[cfg(test)]
mod tests;
