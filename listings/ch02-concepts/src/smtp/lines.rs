//! Lines that end with CR LF, and with nothing else.
//!
//! `ch03_sockets::frame::Lines` does not fit here: it ends a line at any LF
//! and drops a CR before it, which is kind to people who type into `nc`. Mail
//! must not be read so. [RFC 5321, section 4.1.1.4][data] forbids a server to
//! take a lone LF for the end of a line, and who does it all the same takes
//! part in SMTP smuggling. `Lines` also stops at a line that is too long,
//! where a mail server answers it and reads on.
//!
//! [data]: https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.4

use std::mem;

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr2, memmem};

const CRLF: &[u8] = b"\r\n";

/// What stood before a CR LF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A line, its CR LF taken off, that holds neither CR nor LF.
    Whole(Bytes),
    /// A line with a CR or an LF in it that is not part of a CR LF.
    Bare,
    /// A line longer than it may be; its bytes were thrown away.
    TooLong,
}

/// Bytes in, in pieces of any size; lines out.
///
/// It holds at most what was pushed since the last call of
/// [`LineReader::next`] and one line.
#[derive(Debug, Default)]
pub struct LineReader {
    buffer: BytesMut,
    /// So much of the buffer was searched for a CR LF already.
    searched: usize,
    /// The line at the front was too long: throw it away up to its CR LF.
    skipping: bool,
}

impl LineReader {
    /// Appends what has arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// How many bytes it holds.
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    /// The first byte of the line to come, where it is known.
    pub fn first(&self) -> Option<u8> {
        self.buffer.first().copied()
    }

    /// Takes the next line, of at most `max` bytes, CR LF included; `None`
    /// when more has to arrive first.
    // ANCHOR: next
    pub fn next(&mut self, max: usize) -> Option<Line> {
        // The last byte that was searched may be the CR of a CR LF.
        let from = self.searched.saturating_sub(1);
        let Some(found) = memmem::find(&self.buffer[from..], CRLF) else {
            self.throw_away_beyond(max);
            self.searched = self.buffer.len();
            return None;
        };
        self.searched = 0;
        let line = self.buffer.split_to(from + found).freeze();
        self.buffer.advance(CRLF.len());
        if mem::take(&mut self.skipping) || line.len() + CRLF.len() > max {
            return Some(Line::TooLong);
        }
        if memchr2(b'\r', b'\n', &line).is_some() {
            return Some(Line::Bare);
        }
        Some(Line::Whole(line))
    }
    // ANCHOR_END: next

    /// There is no CR LF in the buffer: what cannot become a line is not kept.
    fn throw_away_beyond(&mut self, max: usize) {
        // A CR at the end may be half of a CR LF, so it stays.
        let cr = usize::from(self.buffer.ends_with(b"\r"));
        let len = self.buffer.len() - cr;
        if self.skipping || len + CRLF.len() > max {
            self.skipping = true;
            self.buffer.advance(len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(line: &'static str) -> Line {
        Line::Whole(Bytes::from_static(line.as_bytes()))
    }

    fn read(pieces: &[&[u8]], max: usize) -> Vec<Line> {
        let mut reader = LineReader::default();
        let mut lines = Vec::new();
        for piece in pieces {
            reader.push(piece);
            lines.extend(std::iter::from_fn(|| reader.next(max)));
        }
        lines
    }

    #[test]
    fn only_cr_lf_ends_a_line() {
        assert_eq!(
            read(&[b"one\r\n\r\ntwo\n.\nthree\r\nfour\rfive\r\n\r\r\n"], 99),
            [whole("one"), whole(""), Line::Bare, Line::Bare, Line::Bare]
        );
    }

    #[test]
    fn a_cr_lf_in_two_pieces_is_one() {
        assert_eq!(read(&[b"a\r", b"\nb\r\n"], 9), [whole("a"), whole("b")]);
    }

    #[test]
    fn the_limit_counts_the_cr_lf_and_one_more_is_too_long() {
        assert_eq!(read(&[b"abc\r\n"], 5), [whole("abc")]);
        assert_eq!(read(&[b"abc\r", b"\n"], 5), [whole("abc")]);
        let too_long = [Line::TooLong, whole("x")];
        assert_eq!(read(&[b"abcd\r\nx\r\n"], 5), too_long);
        assert_eq!(read(&[b"abcd", b"\r\nx\r\n"], 5), too_long);
        assert_eq!(read(&[b"abc\r", b"d\r\nx\r\n"], 5), too_long);
    }

    #[test]
    fn an_endless_line_is_not_kept() {
        let mut reader = LineReader::default();
        for _ in 0..1000 {
            reader.push(&[b'a'; 1000]);
            assert_eq!(reader.next(512), None);
            assert!(reader.held() <= 1);
        }
        reader.push(b"\r\nNOOP\r\n");
        assert_eq!(reader.next(512), Some(Line::TooLong));
        assert_eq!(reader.next(512), Some(whole("NOOP")));
    }
}
