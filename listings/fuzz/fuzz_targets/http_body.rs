//! Chunked content (4.2): whatever the split, the same content or the same
//! fault, and never more kept unread than the limits say.
#![no_main]

use ch04_http::body::{Decoder, Piece};
use ch04_http::fault::Fault;
use ch04_http::framing::Framing;
use ch04_http::head::Head;
use ch04_http::limits::Limits;
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    method: 8,
    start_line: 64,
    field_line: 32,
    section: 64,
    fields: 3,
    body: 100,
    chunk_line: 24,
    chunk_extensions: 40,
};

/// Content, and how much was left behind its end; or a fault, if it is none
/// that the end of the bytes is.
type Outcome = (Vec<u8>, Result<usize, Fault>);

fn decode(bytes: &[u8], sizes: &[u8]) -> Outcome {
    let mut decoder = Decoder::new(Framing::Chunked);
    let mut trailer = Head::default();
    let (mut content, mut start, mut end) = (Vec::new(), 0, 0);
    let mut sizes = sizes.iter().cycle();
    loop {
        let next = decoder.next(&bytes[start..end], &mut trailer, &LIMITS);
        let (taken, piece) = match next {
            Ok(next) => next,
            Err(fault) => return (content, Err(fault)),
        };
        start += taken;
        match piece {
            Piece::Data(data) => content.extend(data),
            Piece::End(_) => return (content, Ok(bytes.len() - start)),
            Piece::More if end == bytes.len() => {
                let ended = decoder.ended(&bytes[start..], &LIMITS);
                return (content, ended.map(|()| 0));
            }
            Piece::More => {
                let most = LIMITS.section.max(LIMITS.chunk_line + 2);
                assert!(end - start < most);
                let size = sizes.next().map_or(usize::MAX, |s| (*s).into());
                end = end.saturating_add(size.max(1)).min(bytes.len());
            }
        }
        assert!(content.len() as u64 <= LIMITS.body);
        assert_eq!(decoder.length(), content.len() as u64);
    }
}

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let (sizes, bytes) = input;
    let whole = decode(&bytes, &[]);
    assert_eq!(whole, decode(&bytes, &[1]));
    assert_eq!(whole, decode(&bytes, &sizes));
});
