//! The cases of the exercise.

use std::io::{self, BufReader, Read};

/// Yields at most one byte a read, as a slow network may.
struct OneByteAtATime<'a>(&'a [u8]);

impl Read for OneByteAtATime<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = buf.len().min(1);
        self.0.read(&mut buf[..n])
    }
}

book_exercise::cases! {
    for ex_line_echo;

    fn two_lines_in_one_read_get_two_answers() {
        let mut out = Vec::new();
        answer_lines(&b"one\ntwo\n"[..], &mut out).unwrap();
        assert_eq!(out, b"ONE\nTWO\n");
    }

    fn a_line_in_many_reads_gets_one_answer() {
        let input = BufReader::with_capacity(1, OneByteAtATime(b"hello\n"));
        let mut out = Vec::new();
        answer_lines(input, &mut out).unwrap();
        assert_eq!(out, b"HELLO\n");
    }

    fn a_line_cut_off_gets_no_answer() {
        let mut out = Vec::new();
        answer_lines(&b"one\ntw"[..], &mut out).unwrap();
        assert_eq!(out, b"ONE\n");
    }
}
