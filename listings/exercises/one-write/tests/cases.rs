//! The cases of the exercise.

use std::io::{self, IoSlice, Write};

/// Counts the calls, and takes at most `room` bytes in each.
struct Counting {
    bytes: Vec<u8>,
    calls: usize,
    room: usize,
}

impl Counting {
    fn new(room: usize) -> Self {
        Counting {
            bytes: Vec::new(),
            calls: 0,
            room,
        }
    }
}

impl Write for Counting {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(buf)])
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.calls += 1;
        let all = bufs.iter().flat_map(|buf| buf.iter().copied());
        let before = self.bytes.len();
        self.bytes.extend(all.take(self.room));
        Ok(self.bytes.len() - before)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

book_exercise::cases! {
    for ex_one_write;

    fn head_and_body_go_in_one_call() {
        let mut out = Counting::new(usize::MAX);
        send(&mut out, b"hello").unwrap();
        assert_eq!(out.bytes, b"length 5\nhello");
        assert_eq!(out.calls, 1);
    }

    fn an_empty_body_is_one_call_too() {
        let mut out = Counting::new(usize::MAX);
        send(&mut out, b"").unwrap();
        assert_eq!(out.bytes, b"length 0\n");
        assert_eq!(out.calls, 1);
    }

    fn a_socket_with_little_room_gets_all_of_it() {
        let mut out = Counting::new(3);
        send(&mut out, b"hello").unwrap();
        assert_eq!(out.bytes, b"length 5\nhello");
        assert_eq!(out.calls, 5);
    }

    fn a_writer_that_takes_nothing_is_an_error() {
        let mut out = Counting::new(0);
        let error = send(&mut out, b"hello").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WriteZero);
    }
}
