//! The cases of the exercise.

use std::io::{self, Write};

use ch04_http::body::{Decoder, Piece};
use ch04_http::framing::Framing;
use ch04_http::head::Head;
use ch04_http::limits::Limits;

/// Takes at most one byte a write, as a socket with a full buffer may.
#[derive(Default)]
struct TakesOneByte(Vec<u8>);

impl Write for &mut TakesOneByte {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(&buf[..buf.len().min(1)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the book's decoder makes of it: content, and names of trailer fields.
fn decode(mut bytes: &[u8]) -> (Vec<u8>, Vec<String>) {
    let mut decoder = Decoder::new(Framing::Chunked);
    let (mut trailer, mut content) = (Head::default(), Vec::new());
    let limits = Limits::default();
    loop {
        let (taken, piece) =
            decoder.next(bytes, &mut trailer, &limits).expect("chunks");
        bytes = &bytes[taken..];
        match piece {
            Piece::Data(data) => content.extend(data),
            Piece::End(fields) => {
                assert_eq!(bytes, b"", "behind the end");
                let names = fields.iter().map(|f| f.name.to_owned());
                return (content, names.collect());
            }
            Piece::More => panic!("no end"),
        }
    }
}

book_exercise::cases! {
    for ex_chunk_writer;

    fn the_bytes_of_two_chunks() {
        let mut out = Vec::new();
        let mut chunked = Chunked { out: &mut out };
        chunked.chunk(b"hello, ").unwrap();
        chunked.chunk(b"world of chunks!").unwrap();
        chunked.finish(&[]).unwrap();
        let want = b"7\r\nhello, \r\n10\r\nworld of chunks!\r\n0\r\n\r\n";
        assert_eq!(out, want, "{}", out.escape_ascii());
    }

    fn no_data_is_not_the_end() {
        let mut out = Vec::new();
        let mut chunked = Chunked { out: &mut out };
        for data in ["", "a", "", "b"] {
            chunked.chunk(data.as_bytes()).unwrap();
        }
        chunked.finish(&[]).unwrap();
        assert_eq!(decode(&out).0, b"ab");
    }

    fn data_may_look_like_chunks() {
        let mut out = Vec::new();
        let mut chunked = Chunked { out: &mut out };
        chunked.chunk(b"0\r\n\r\n").unwrap();
        chunked.chunk(&[b'x'; 70_000]).unwrap();
        chunked.finish(&[]).unwrap();
        assert_eq!(decode(&out).0.len(), 70_005);
    }

    fn a_write_may_take_a_part() {
        let mut out = TakesOneByte::default();
        let mut chunked = Chunked { out: &mut out };
        chunked.chunk(b"hello").unwrap();
        chunked.finish(&[("Check", "1")]).unwrap();
        assert_eq!(decode(&out.0), (b"hello".to_vec(), vec!["Check".into()]));
    }

    fn trailer_fields_follow_the_last_chunk() {
        let mut out = Vec::new();
        let chunked = Chunked { out: &mut out };
        chunked.finish(&[("A", "b"), ("C-D", "")]).unwrap();
        assert!(out.starts_with(b"0\r\nA: b\r\nC-D:"));
        assert_eq!(decode(&out).1, ["A", "C-D"]);
    }

    fn a_field_that_lies_is_not_written() {
        for field in [
            ("A", "b\r\nC: d"),
            ("A", "b\nC: d"),
            ("A", "\r"),
            ("A", "\0"),
            ("A: b\r\nC", "d"),
            ("A ", "b"),
            ("", "b"),
            ("\u{e9}", "b"),
            ("Content-Length", "5"),
            ("transfer-ENCODING", "chunked"),
        ] {
            let mut out = Vec::new();
            let chunked = Chunked { out: &mut out };
            let error = chunked.finish(&[("Ok", "1"), field]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{field:?}");
            assert_eq!(out, b"", "{field:?}");
        }
        let mut out = Vec::new();
        Chunked { out: &mut out }.finish(&[("A", "b\tc")]).unwrap();
        assert_eq!(decode(&out).1, ["A"]);
    }
}
