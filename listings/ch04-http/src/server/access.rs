//! The access log, in the Common Log Format that web servers have written
//! since the first one:
//!
//! ```text
//! 127.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 13
//! ```

use std::fmt::{self, Write};
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use httpdate::HttpDate;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who asked.
    pub peer: IpAddr,
    /// When the answer began, since 1970.
    pub time: Duration,
    /// The first line of the request, as it came; empty if there was none.
    pub line: Box<[u8]>,
    /// The status code of the answer.
    pub status: u16,
    /// How many bytes of content went to the kernel.
    pub bytes: u64,
}

// ANCHOR: display
impl fmt::Display for Entry {
    /// Nothing that a client sends can end the line, or the quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - - [{}] \"", self.peer, Stamp(self.time))?;
        for &byte in &self.line[..self.line.len().min(LINE)] {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..=b'~' => f.write_char(byte.into())?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        write!(f, "\" {} ", self.status)?;
        match self.bytes {
            0 => f.write_str("-"),
            bytes => write!(f, "{bytes}"),
        }
    }
}
// ANCHOR_END: display

/// How much of a request's first line is written, in bytes.
const LINE: usize = 1024;

struct Stamp(Duration);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Sat, 28 Nov 2026 10:00:00 GMT`, the pieces in another order.
        let date = HttpDate::from(UNIX_EPOCH + self.0).to_string();
        let mut words = date.split(' ').skip(1);
        let mut word = || words.next().unwrap_or_default();
        let [day, month, year, time] = [word(), word(), word(), word()];
        write!(f, "{day}/{month}/{year}:{time} +0000")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_cannot_write_a_line_of_its_own() {
        let entry = Entry {
            peer: IpAddr::from([127, 0, 0, 1]),
            time: Duration::from_secs(1_795_860_000),
            line: b"GET /\"\\\r\n\x1b[2J\xff HTTP/1.1"[..].into(),
            status: 400,
            bytes: 0,
        };
        let line = entry.to_string();
        assert_eq!(
            line,
            r#"127.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET /\"\\\x0d\x0a\x1b[2J\xff HTTP/1.1" 400 -"#
        );
    }
}
