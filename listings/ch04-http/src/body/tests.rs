use httparse::{InvalidChunkSize, Status, parse_chunk_size};
use proptest::prelude::*;

use super::*;
use crate::encode;
use Fault as F;

/// What a decoder made of its input: content, trailer fields, and how much
/// it left.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Whole {
    content: Vec<u8>,
    trailer: Vec<(String, Vec<u8>)>,
    left: usize,
}

/// Why there was no end: a fault, or more bytes were wanted.
type Outcome = Result<Whole, (Vec<u8>, Option<Fault>)>;

/// Shows `bytes` piece by piece, as long as `sizes` say, over and over; at
/// once if they say nothing.
fn decode(
    framing: Framing,
    bytes: &[u8],
    sizes: &[usize],
    limits: &Limits,
) -> Outcome {
    let mut decoder = Decoder::new(framing);
    let mut trailer = Head::default();
    let (mut content, mut start, mut end) = (Vec::new(), 0, 0);
    let mut sizes = sizes.iter().cycle();
    loop {
        let (taken, piece) =
            match decoder.next(&bytes[start..end], &mut trailer, limits) {
                Ok(next) => next,
                Err(fault) => return Err((content, Some(fault))),
            };
        start += taken;
        match piece {
            Piece::Data(data) => {
                assert!(!data.is_empty());
                content.extend(data);
            }
            Piece::End(fields) => {
                let field = |f: crate::head::Field<'_>| {
                    (f.name.to_owned(), f.value.to_vec())
                };
                return Ok(Whole {
                    trailer: fields.iter().map(field).collect(),
                    content,
                    left: bytes.len() - start,
                });
            }
            Piece::More => {
                let kept = end - start;
                let most = limits.section.max(limits.chunk_line + 2);
                assert!(kept < most, "{kept} bytes to be kept");
                if end == bytes.len() {
                    // A trailer field is judged when its line has an end.
                    let ended = decoder.ended(&bytes[start..], limits);
                    let fault = ended.err().filter(|f| *f != F::CutOff);
                    return Err((content, fault));
                }
                let size = sizes.next().copied().unwrap_or(usize::MAX);
                end = end.saturating_add(size.max(1)).min(bytes.len());
            }
        }
        assert_eq!(decoder.length(), content.len() as u64);
        assert!(decoder.length() <= limits.body);
    }
}

/// As [`decode`], at once and byte by byte, which must not matter.
fn chunked(bytes: &[u8], limits: &Limits) -> Outcome {
    let whole = decode(Framing::Chunked, bytes, &[], limits);
    let bytewise = decode(Framing::Chunked, bytes, &[1], limits);
    assert_eq!(whole, bytewise, "{}", bytes.escape_ascii());
    whole
}

fn fault(bytes: &[u8], limits: &Limits) -> Option<Fault> {
    chunked(bytes, limits).err().and_then(|(_, fault)| fault)
}

/// Whole messages (RFC 9112, section 7.1).
#[test]
fn chunked_content() {
    for (bytes, content, trailer) in [
        ("0\r\n\r\n", "", 0),
        ("0000000000000000\r\n\r\n", "", 0),
        ("0;a\r\n\r\n", "", 0),
        ("5\r\nhello\r\n0\r\n\r\n", "hello", 0),
        ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0),
        ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0),
        ("0000000000000005\r\nhello\r\n0\r\n\r\n", "hello", 0),
        ("1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", "hello", 0),
        ("4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", 0),
        ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n", 0),
        // Section 7.1.1.
        ("1;a\r\nx\r\n0\r\n\r\n", "x", 0),
        ("1;a=b\r\nx\r\n0\r\n\r\n", "x", 0),
        ("1;a;b=c;d\r\nx\r\n0\r\n\r\n", "x", 0),
        ("1 ; a = b\r\nx\r\n0\r\n\r\n", "x", 0),
        ("1\t;\ta\t=\tb\r\nx\r\n0\r\n\r\n", "x", 0),
        ("1;a=\"\"\r\nx\r\n0\r\n\r\n", "x", 0),
        ("1;a=\"; \\\" \\\\ \t\u{e9}\"\r\nx\r\n0\r\n\r\n", "x", 0),
        // Section 7.1.2.
        ("0\r\nA: b\r\n\r\n", "", 1),
        ("1\r\nx\r\n0\r\nA: b\r\nDigest:\r\n\r\n", "x", 2),
    ] {
        for behind in ["", "GET / HTTP/1.1\r\n", "\r\n\r\n"] {
            let bytes = format!("{bytes}{behind}");
            let whole = chunked(bytes.as_bytes(), &Limits::default());
            let whole = whole.unwrap();
            assert_eq!(whole.content, content.as_bytes(), "{bytes:?}");
            assert_eq!(whole.trailer.len(), trailer, "{bytes:?}");
            assert_eq!(whole.left, behind.len(), "{bytes:?}");
        }
    }
}

/// What is refused, at the first byte that is wrong.
#[test]
fn chunked_faults() {
    for (bytes, fault) in [
        // The size.
        ("\r", F::NoChunkSize),
        ("\n", F::NoChunkSize),
        (";", F::ChunkSizeByte(b';')),
        (" ", F::ChunkSizeByte(b' ')),
        ("+", F::ChunkSizeByte(b'+')),
        ("-", F::ChunkSizeByte(b'-')),
        ("0x", F::ChunkSizeByte(b'x')),
        ("0X", F::ChunkSizeByte(b'X')),
        ("5g", F::ChunkSizeByte(b'g')),
        ("5_", F::ChunkSizeByte(b'_')),
        ("5,", F::ChunkSizeByte(b',')),
        ("5.", F::ChunkSizeByte(b'.')),
        ("5\0", F::ChunkSizeByte(0)),
        ("5\x0b", F::ChunkSizeByte(0x0b)),
        ("\u{ff15}", F::ChunkSizeByte(0xef)),
        ("5\n", F::ChunkSizeByte(b'\n')),
        ("5\r\r", F::ChunkSizeByte(b'\r')),
        ("5\rx", F::ChunkSizeByte(b'\r')),
        ("00000000000000000", F::ChunkSizeTooLong),
        ("10000000000000005", F::ChunkSizeTooLong),
        ("fffffffffffffffff", F::ChunkSizeTooLong),
        ("ffffffffffffffff\r\n", F::BodyTooLong),
        ("8000000000000000\r\n", F::BodyTooLong),
        // Extensions.
        ("5 \r", F::ChunkExtension(b' ')),
        ("5 5", F::ChunkExtension(b'5')),
        ("5 x", F::ChunkExtension(b'x')),
        ("5\t\r", F::ChunkExtension(b'\t')),
        ("5;\r", F::ChunkExtension(b'\r')),
        ("5;\n", F::ChunkExtension(b'\n')),
        ("5 ;\r", F::ChunkExtension(b'\r')),
        ("5;;", F::ChunkExtension(b';')),
        ("5;=", F::ChunkExtension(b'=')),
        ("5;a=\r", F::ChunkExtension(b'\r')),
        ("5;a=;", F::ChunkExtension(b';')),
        ("5;a \r", F::ChunkExtension(b' ')),
        ("5;a b", F::ChunkExtension(b'b')),
        ("5;a\n", F::ChunkExtension(b'\n')),
        ("5;a\r\r", F::ChunkExtension(b'\r')),
        ("5;a=b\n", F::ChunkExtension(b'\n')),
        ("5;a\0", F::ChunkExtension(0)),
        ("5;\u{e9}", F::ChunkExtension(0xc3)),
        ("5;a=\"\n", F::ChunkExtension(b'\n')),
        ("5;a=\"\r", F::ChunkExtension(b'\r')),
        ("5;a=\"\\\n", F::ChunkExtension(b'\n')),
        ("5;a=\"\x7f", F::ChunkExtension(0x7f)),
        ("5;a=\"b\"c", F::ChunkExtension(b'c')),
        ("5;a\"", F::ChunkExtension(b'"')),
        // The end of a chunk.
        ("1\r\nx0", F::ChunkEnd(b'0')),
        ("1\r\nxy", F::ChunkEnd(b'y')),
        ("1\r\nx\n", F::ChunkEnd(b'\n')),
        ("1\r\nx\r\r", F::ChunkEnd(b'\r')),
        ("1\r\nx\r0", F::ChunkEnd(b'0')),
        // The trailer section.
        ("0\r\n\n", F::BareLf),
        ("0\r\n\rx", F::BareCr),
        ("0\r\nA: b\n", F::BareLf),
        ("0\r\nA : b\r\n", F::SpaceBeforeColon),
        ("0\r\nA: b\r\n c\r\n", F::Folded),
        ("0\r\nx\r\n", F::NoColon),
        ("0\r\nGET / HTTP/1.1\r\n", F::NameByte(b' ')),
        ("0\r\nContent-Length: 5\r\n\r\n", F::FramingInTrailer),
        (
            "0\r\nA: b\r\ncontent-length: 5\r\n\r\n",
            F::FramingInTrailer,
        ),
        ("0\r\nTransfer-Encoding: x\r\n\r\n", F::FramingInTrailer),
        ("0\r\nHOST: x\r\n\r\n", F::FramingInTrailer),
        ("0\r\nConnection: close\r\n\r\n", F::FramingInTrailer),
        ("0\r\nTrailer: a\r\n\r\n", F::FramingInTrailer),
    ] {
        let found = chunked(bytes.as_bytes(), &Limits::default());
        let found = found.unwrap_err().1;
        assert_eq!(found, Some(fault), "{bytes:?}");
        // A trailer field is judged when its line is whole.
        if !bytes.starts_with("0\r\n") && bytes.is_ascii() {
            let rest = &bytes[..bytes.len() - 1];
            let earlier = chunked(rest.as_bytes(), &Limits::default());
            assert_eq!(earlier.unwrap_err().1, None, "{rest:?}");
        }
    }
}

#[test]
fn limits_are_met_and_not_exceeded() {
    let limits = Limits {
        body: 10,
        chunk_line: 12,
        chunk_extensions: 20,
        section: 30,
        field_line: 20,
        fields: 2,
        ..Limits::default()
    };
    let check = |text: &str, want: Option<Fault>| {
        let text = text.replace('\n', "\r\n");
        assert_eq!(fault(text.as_bytes(), &limits), want, "{text:?}");
    };
    // The content: as one chunk and as two.
    check("a\n0123456789\n0\n\n", None);
    check("b\n", Some(F::BodyTooLong));
    check("5\n01234\n5\n01234\n0\n\n", None);
    check("5\n01234\n6\n", Some(F::BodyTooLong));
    // The line.
    check("1;3456789012\nx\n0\n\n", None);
    check("1;34567890123", Some(F::ChunkLineTooLong));
    check("1;345=\"89012", None);
    check("1;345=\"890123", Some(F::ChunkLineTooLong));
    check("000000000001\nx\n0\n\n", None);
    check("0000000000001", Some(F::ChunkLineTooLong));
    // All extensions: ten bytes, and ten more.
    check("1;234567890\nx\n0;234567890\n\n", None);
    check("1;234567890\nx\n0;2345678901\n", Some(F::ChunkLineTooLong));
    check("0;234567890\n\n", None);
    // The trailer section.
    check("0\nA: 45678901234567890\n\n", None);
    check("0\nA: 456789012345678901", Some(F::FieldTooLong));
    check("0\nA: 4567890123\nB: 78901234\n\n", None);
    check(
        "0\nA: 4567890123\nB: 789012345\n\n",
        Some(F::SectionTooLong),
    );
    check("0\nA:\nB:\n\n", None);
    check("0\nA:\nB:\nC:\n\n", Some(F::TooManyFields));
    // Limits that are none do not overflow.
    let none = Limits {
        chunk_line: usize::MAX,
        body: u64::MAX,
        chunk_extensions: usize::MAX,
        ..Limits::default()
    };
    let mut decoder = Decoder::new(Framing::Chunked);
    let mut head = Head::default();
    let line = b"ffffffffffffffff;a\r\n";
    let next = decoder.next(line, &mut head, &none);
    assert!(matches!(next, Ok((20, Piece::More))), "{next:?}");
}

#[test]
fn content_with_a_length() {
    let limits = Limits::default();
    for (length, bytes, content) in [
        (0, "", Some("")),
        (0, "GET", Some("")),
        (5, "hello", Some("hello")),
        (5, "helloGET", Some("hello")),
        (5, "hell", None),
        (u64::MAX, "hello", None),
    ] {
        for sizes in [&[][..], &[1]] {
            let framing = Framing::Length(length);
            let found = decode(framing, bytes.as_bytes(), sizes, &limits);
            match (found, content) {
                (Ok(whole), Some(content)) => {
                    assert_eq!(whole.content, content.as_bytes());
                    assert_eq!(whole.left, bytes.len() - content.len());
                }
                (Err((got, fault)), None) => {
                    assert_eq!((&got[..], fault), (bytes.as_bytes(), None));
                }
                (found, _) => panic!("{found:?}"),
            }
        }
    }
}

#[test]
fn content_until_the_end() {
    let limits = Limits {
        body: 5,
        ..Limits::default()
    };
    let decode = |bytes: &str, size| {
        decode(Framing::UntilClose, bytes.as_bytes(), &[size], &limits)
    };
    for size in [1, 2, 3, 100] {
        assert_eq!(decode("hello", size), Err((b"hello".to_vec(), None)));
        // What was allowed is given out, however much came with it.
        let long = Err((b"hello".to_vec(), Some(F::BodyTooLong)));
        assert_eq!(decode("hello!", size), long);
    }
    assert!(Decoder::new(Framing::UntilClose).ends_with_stream());
    assert!(!Decoder::new(Framing::Length(0)).ends_with_stream());
    assert!(!Decoder::new(Framing::Chunked).ends_with_stream());
}

/// Bytes that make chunks, more often than not.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[0-9a-fA-F]{1,2}\r\n".prop_map(String::into_bytes),
        2 => "[0-3](;[a-c](=([a-c]|\"[a-c ]{0,3}\"))?){0,2}\r\n"
            .prop_map(String::into_bytes),
        3 => (1_usize..9).prop_map(|len| {
            let mut chunk = Vec::new();
            encode::chunk(&mut chunk, &b"\r\n0\r\n\r\nX"[..len]);
            chunk
        }),
        2 => Just(b"0\r\n\r\n".to_vec()),
        1 => Just(b"0\r\nA: b\r\n\r\n".to_vec()),
        1 => "[\r\n;=\" \t+x0-9a-g]{1,4}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn small() -> Limits {
    Limits {
        body: 40,
        chunk_line: 10,
        chunk_extensions: 16,
        section: 24,
        field_line: 16,
        fields: 2,
        ..Limits::default()
    }
}

proptest! {
    /// However the bytes are cut.
    #[test]
    fn a_split_does_not_matter(
        bytes in pieces(),
        sizes in prop::collection::vec(1_usize..6, 0..10),
    ) {
        for limits in [small(), Limits::default()] {
            for framing in [
                Framing::Chunked,
                Framing::Length(7),
                Framing::UntilClose,
            ] {
                let whole = decode(framing, &bytes, &[], &limits);
                let split = decode(framing, &bytes, &sizes, &limits);
                prop_assert_eq!(whole, split);
            }
        }
    }

    /// What is encoded is decoded, and what follows is left.
    #[test]
    fn round_trip(
        chunks in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..40),
            0..8,
        ),
        trailer in prop::option::of("[!-~]{0,10}"),
        sizes in prop::collection::vec(1_usize..20, 0..40),
        behind in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut bytes = Vec::new();
        for chunk in &chunks {
            encode::chunk(&mut bytes, chunk);
        }
        match &trailer {
            None => bytes.extend(encode::LAST_CHUNK),
            Some(value) => {
                bytes.extend(b"0\r\n");
                encode::field(&mut bytes, "Check", value.as_bytes()).unwrap();
                bytes.extend(b"\r\n");
            }
        }
        bytes.extend(&behind);
        let whole =
            decode(Framing::Chunked, &bytes, &sizes, &Limits::default());
        let whole = whole.unwrap();
        prop_assert_eq!(whole.content, chunks.concat());
        prop_assert_eq!(whole.left, behind.len());
        let values: Vec<_> =
            whole.trailer.into_iter().map(|(_, value)| value).collect();
        let want: Vec<_> =
            trailer.into_iter().map(String::into_bytes).collect();
        prop_assert_eq!(values, want);
    }

    #[test]
    fn as_httparse_or_stricter(
        line in prop_oneof![
            "[0-9a-fA-F]{0,18}\r\n",
            "[0-9a-fA-F]{0,3}[ \t]{0,2}[;=\" \ta-z\r\n0-9]{0,8}(\r\n)?",
            "[0-9a-fx+\\-_; \t\r\n]{0,6}",
        ],
    ) {
        against_httparse(line.as_bytes());
    }
}

/// Every line of up to four of the bytes that matter.
#[test]
fn as_httparse_or_stricter_on_every_short_line() {
    const BYTES: &[u8] = b"\r\n 0aG;=\"\\\0\xff";
    for len in 0..=4_u32 {
        for mut number in 0..BYTES.len().pow(len) {
            let mut line = Vec::new();
            for _ in 0..len {
                line.push(BYTES[number % BYTES.len()]);
                number /= BYTES.len();
            }
            against_httparse(&line);
            line.extend(b"\r\n");
            against_httparse(&line);
        }
    }
}

/// What httparse takes and we refuse: with what fault, and why.
fn is_stricter(line: &[u8], fault: Fault) -> bool {
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    match fault {
        // `chunk-size = 1*HEXDIG`: to httparse no digit at all is 0.
        F::NoChunkSize => digits == 0,
        F::ChunkSizeByte(b' ' | b'\t' | b';') => digits == 0,
        // It says of itself that it takes any octet in an extension, an LF
        // among them. That is where one parser ends the line and another
        // does not. (Behind the size it takes blanks without an extension.)
        F::ChunkExtension(_) => {
            line[digits..].iter().any(|b| b" \t;".contains(b))
        }
        _ => false,
    }
}

fn against_httparse(line: &[u8]) {
    let limits = Limits {
        body: u64::MAX,
        ..Limits::default()
    };
    let text = line.escape_ascii();
    match (chunk_line(line, &limits), parse_chunk_size(line)) {
        (Ok(Some(ours)), Ok(Status::Complete((len, size)))) => {
            assert_eq!((ours.len, ours.size), (len, size), "{text}");
        }
        (Ok(None), Ok(Status::Partial)) => {}
        (Err(_), Err(InvalidChunkSize)) => {}
        (Err(fault), Ok(Status::Complete(_) | Status::Partial)) => {
            assert!(is_stricter(line, fault), "{text}: {fault}");
        }
        (ours, theirs) => panic!("{text}: {ours:?}, {theirs:?}"),
    }
}
