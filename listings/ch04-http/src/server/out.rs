//! What waits to be written: small pieces together, large ones as they are.

use std::collections::VecDeque;
use std::fs::File;
use std::io::IoSlice;
use std::ops::Range;
use std::sync::Arc;

use bytes::{Buf, Bytes};

use crate::server::response::Part;

/// Bytes up to this many are copied behind the head they belong to: one
/// buffer, one slice, one packet.
const SMALL: usize = 4096;

// ANCHOR: out
/// A queue of bytes, some of which are in files.
#[derive(Debug, Default)]
pub struct Out {
    /// What goes first, and how much of it has gone. No memory while the queue
    /// is empty.
    first: Vec<u8>,
    gone: usize,
    rest: VecDeque<Piece>,
    len: u64,
    /// How much has ever been put in.
    total: u64,
}

#[derive(Debug)]
enum Piece {
    /// Small things, to which more can be appended.
    Buffer(Vec<u8>),
    Bytes(Bytes),
    File(Arc<File>, Range<u64>),
}
// ANCHOR_END: out

/// What to write next.
pub enum Next<'a> {
    /// This many slices were filled in.
    Slices(usize),
    /// Bytes of a file, from where and how many.
    File(&'a File, u64, u64),
    /// Nothing waits.
    Nothing,
}

impl Out {
    /// How many bytes wait.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes were ever put in.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Appends what `write` writes.
    pub fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let buffer = match self.rest.back_mut() {
            None => &mut self.first,
            Some(Piece::Buffer(buffer)) => buffer,
            Some(_) => {
                self.rest.push_back(Piece::Buffer(Vec::new()));
                match self.rest.back_mut() {
                    Some(Piece::Buffer(buffer)) => buffer,
                    _ => unreachable!("it was put there"),
                }
            }
        };
        let before = buffer.len();
        write(buffer);
        let added = (buffer.len() - before) as u64;
        self.len += added;
        self.total += added;
    }

    // ANCHOR: push
    /// Appends a part of a content. What is small is copied; what is large is
    /// not.
    pub fn push(&mut self, part: Part) {
        let len = part.len();
        let piece = match part {
            Part::Bytes(bytes) if bytes.len() <= SMALL => {
                self.write(|buffer| buffer.extend_from_slice(&bytes));
                return;
            }
            Part::Bytes(bytes) => Piece::Bytes(bytes),
            Part::File(_, range) if range.is_empty() => return,
            Part::File(file, range) => Piece::File(file, range),
        };
        self.rest.push_back(piece);
        self.len += len;
        self.total += len;
    }
    // ANCHOR_END: push

    // ANCHOR: next
    /// What to write next: slices for `writev(2)`, or a file's bytes for
    /// `sendfile(2)`.
    pub fn next<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> Next<'a> {
        let mut count = 0;
        let first = &self.first[self.gone..];
        if !first.is_empty() {
            slices[0] = IoSlice::new(first);
            count = 1;
        }
        for piece in &self.rest {
            let bytes = match piece {
                Piece::Buffer(buffer) => &buffer[..],
                Piece::Bytes(bytes) => &bytes[..],
                Piece::File(file, range) if count == 0 => {
                    let len = range.end - range.start;
                    return Next::File(file, range.start, len);
                }
                Piece::File(..) => break,
            };
            if count == slices.len() {
                break;
            }
            slices[count] = IoSlice::new(bytes);
            count += 1;
        }
        match count {
            0 => Next::Nothing,
            count => Next::Slices(count),
        }
    }
    // ANCHOR_END: next

    /// Whether a file follows what [`Out::next`] offers, which is one slice
    /// then: both may go into one packet.
    pub fn file_follows(&self) -> bool {
        self.gone < self.first.len()
            && matches!(self.rest.front(), Some(Piece::File(..)))
    }

    /// Forgets the first `count` bytes: they are written.
    pub fn advance(&mut self, count: u64) {
        let mut left = count.min(self.len);
        self.len -= left;
        let first = (self.first.len() - self.gone) as u64;
        if left < first {
            self.gone += left as usize;
            return;
        }
        left -= first;
        self.first = Vec::new();
        self.gone = 0;
        while let Some(piece) = self.rest.front_mut() {
            let len = match piece {
                Piece::Buffer(buffer) => {
                    // It is the first now, and can be partly gone.
                    self.first = std::mem::take(buffer);
                    self.rest.pop_front();
                    if left < self.first.len() as u64 {
                        self.gone = left as usize;
                        return;
                    }
                    left -= self.first.len() as u64;
                    self.first = Vec::new();
                    continue;
                }
                Piece::Bytes(bytes) => bytes.len() as u64,
                Piece::File(_, range) => range.end - range.start,
            };
            if left < len {
                match piece {
                    Piece::Bytes(bytes) => bytes.advance(left as usize),
                    Piece::File(_, range) => range.start += left,
                    Piece::Buffer(_) => unreachable!("handled above"),
                }
                return;
            }
            left -= len;
            self.rest.pop_front();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Out {
            total: self.total,
            ..Out::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::FileExt;

    use proptest::prelude::*;

    use super::*;

    /// What would be written, `step` bytes at a time.
    fn written(out: &mut Out, step: u64) -> Vec<u8> {
        let mut written = Vec::new();
        loop {
            let mut slices = [IoSlice::new(&[]); 3];
            let mut bytes = Vec::new();
            match out.next(&mut slices) {
                Next::Nothing => break,
                Next::Slices(count) => {
                    slices[..count].iter().for_each(|s| bytes.extend(&s[..]));
                }
                Next::File(file, from, len) => {
                    bytes.resize(len as usize, 0);
                    file.read_exact_at(&mut bytes, from).unwrap();
                }
            }
            bytes.truncate(step as usize);
            assert!(!bytes.is_empty());
            out.advance(bytes.len() as u64);
            written.extend(bytes);
        }
        assert_eq!(out.len(), 0);
        written
    }

    proptest! {
        #[test]
        fn what_went_in_comes_out(
            parts in prop::collection::vec((0_u8..3, 0_usize..10_000), 0..12),
            step in 1_u64..9_000,
        ) {
            let mut file = tempfile::tempfile().unwrap();
            let bytes: Vec<u8> = (0..20_000_u32).map(|i| (i * 7) as u8).collect();
            file.write_all(&bytes).unwrap();
            let file = Arc::new(file);
            let (mut out, mut want) = (Out::default(), Vec::<u8>::new());
            for (kind, len) in parts {
                let bytes = &bytes[len..len * 2];
                match kind {
                    0 => out.write(|buffer| buffer.extend(bytes)),
                    1 => out.push(Part::Bytes(Bytes::copy_from_slice(bytes))),
                    _ => {
                        let range = len as u64..2 * len as u64;
                        out.push(Part::File(Arc::clone(&file), range));
                    }
                }
                want.extend(bytes);
            }
            prop_assert_eq!(out.len(), want.len() as u64);
            prop_assert_eq!(written(&mut out, step), want);
        }
    }
}
