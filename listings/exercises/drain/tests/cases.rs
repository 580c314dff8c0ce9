//! The cases of the exercise.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};

/// Answers each read with the next of these, and panics when it is read
/// beyond the last: there a socket that blocks would sleep.
struct Script(VecDeque<Result<&'static [u8], ErrorKind>>);

impl Read for Script {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(!buffer.is_empty(), "a read into nothing says nothing");
        let next = self.0.pop_front().expect("nobody reads on here");
        let bytes = next.map_err(io::Error::from)?;
        let n = bytes.len().min(buffer.len());
        buffer[..n].copy_from_slice(&bytes[..n]);
        if n < bytes.len() {
            self.0.push_front(Ok(&bytes[n..]));
        }
        Ok(n)
    }
}

fn script<const N: usize>(
    reads: [Result<&'static [u8], ErrorKind>; N],
) -> Script {
    Script(reads.into())
}

const NOTHING: Result<&[u8], ErrorKind> = Err(ErrorKind::WouldBlock);
const END: Result<&[u8], ErrorKind> = Ok(b"");

book_exercise::cases! {
    for ex_drain;

    fn all_there_is_is_taken() {
        let mut source = script([Ok(b"one"), Ok(b"two"), Ok(b"3"), NOTHING]);
        let mut into = b"zero".to_vec();
        let stopped = drain(&mut source, &mut into, 1000).unwrap();
        assert_eq!(stopped, Drained::Empty);
        assert_eq!(into, b"zeroonetwo3");
    }

    fn nothing_is_not_the_end() {
        let mut into = Vec::new();
        let stopped = drain(&mut script([NOTHING]), &mut into, 1000).unwrap();
        assert_eq!((stopped, into.len()), (Drained::Empty, 0));
    }

    fn the_end_is_seen_behind_the_last_bytes() {
        let mut into = Vec::new();
        let mut source = script([Ok(b"bye"), END]);
        let stopped = drain(&mut source, &mut into, 1000).unwrap();
        assert_eq!((stopped, &into[..]), (Drained::Ended, &b"bye"[..]));
    }

    fn an_interruption_loses_nothing() {
        let again = Err(ErrorKind::Interrupted);
        let mut source = script([again, Ok(b"a"), again, Ok(b"b"), NOTHING]);
        let mut into = Vec::new();
        let stopped = drain(&mut source, &mut into, 1000).unwrap();
        assert_eq!((stopped, &into[..]), (Drained::Empty, &b"ab"[..]));
    }

    fn an_error_leaves_what_came_before() {
        let reset = Err(ErrorKind::ConnectionReset);
        let mut source = script([Ok(b"half a mess"), reset]);
        let mut into = Vec::new();
        let error = drain(&mut source, &mut into, 1000).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(into, b"half a mess");
    }

    fn one_call_takes_no_more_than_the_limit() {
        let mut source = script([Ok(&[b'x'; 700]), Ok(&[b'y'; 700]), NOTHING]);
        let mut into = b"before".to_vec();
        let stopped = drain(&mut source, &mut into, 1000).unwrap();
        assert_eq!((stopped, into.len()), (Drained::Full, 1006));
        let stopped = drain(&mut source, &mut into, 1000).unwrap();
        assert_eq!((stopped, into.len()), (Drained::Empty, 1406));
        assert_eq!(into[6 + 699..6 + 701], *b"xy");
    }

    fn at_the_limit_it_does_not_look_further() {
        let mut source = script([Ok(b"four")]);
        let mut into = Vec::new();
        let stopped = drain(&mut source, &mut into, 4).unwrap();
        assert_eq!((stopped, &into[..]), (Drained::Full, &b"four"[..]));
    }
    fn a_limit_is_a_limit_whatever_it_is() {
        let mut into = b"before".to_vec();
        let stopped = drain(&mut script([]), &mut into, 0).unwrap();
        assert_eq!((stopped, &into[..]), (Drained::Full, &b"before"[..]));
        // A limit is not memory to be set aside.
        let mut source = script([Ok(b" now"), NOTHING]);
        let stopped = drain(&mut source, &mut into, usize::MAX).unwrap();
        assert_eq!((stopped, &into[..]), (Drained::Empty, &b"before now"[..]));
    }
}
