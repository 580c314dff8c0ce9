//! The cases of the exercise.

use std::io::{self, BufReader, ErrorKind, Read, Write};

/// Yields at most one byte a read, as a slow network may.
struct OneByteAtATime<'a>(&'a [u8]);

impl Read for OneByteAtATime<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = buf.len().min(1);
        self.0.read(&mut buf[..n])
    }
}

/// Fails once, as a read does that a signal interrupts or a peer resets.
struct FailsOnce(Option<ErrorKind>, &'static [u8]);

impl Read for FailsOnce {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.0.take() {
            Some(kind) => Err(kind.into()),
            None => self.1.read(buf),
        }
    }
}

/// Takes at most one byte a write, as a socket with a full buffer may.
#[derive(Default)]
struct TakesOneByte(Vec<u8>);

impl Write for TakesOneByte {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(&buf[..buf.len().min(1)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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

    fn an_interruption_is_not_the_end() {
        let interrupted = FailsOnce(Some(ErrorKind::Interrupted), b"hello\n");
        let mut out = Vec::new();
        answer_lines(BufReader::new(interrupted), &mut out).unwrap();
        assert_eq!(out, b"HELLO\n");
    }

    fn a_reset_is_not_the_end_but_an_error() {
        let reset = FailsOnce(Some(ErrorKind::ConnectionReset), b"");
        let input = BufReader::new((&b"one\n"[..]).chain(reset));
        let mut out = Vec::new();
        let error = answer_lines(input, &mut out).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(out, b"ONE\n");
    }

    fn an_answer_is_written_to_its_end() {
        let mut out = TakesOneByte::default();
        answer_lines(&b"hello\n"[..], &mut out).unwrap();
        assert_eq!(out.0, b"HELLO\n");
    }
}
