//! Our codecs against tokio-util's, on the same bytes.
#![allow(clippy::unwrap_used, reason = "bench")]

use book_bench::Bench;
use bytes::{Bytes, BytesMut};
use ch03_sockets::frame::{Codec, LengthPrefixed, Lines};
use tokio_util::codec::{Decoder, LengthDelimitedCodec, LinesCodec};

/// Bytes of frames in one run, at least.
const TOTAL: usize = 256 * 1024;
/// What one full TCP segment carries over Ethernet without options.
const SEGMENT: usize = 1460;
/// How much one read of ours takes at most.
const CHUNK: usize = 8 * 1024;
const MAX: usize = 1 << 20;

fn main() {
    let mut bench =
        Bench::from_args("ours", "tokio-util's LengthDelimitedCodec");
    for size in [16, 256, 4 * 1024, 64 * 1024] {
        let stream = stream(&mut LengthPrefixed::new(MAX), size);
        for (arrival, piece) in arrivals(size) {
            let name = format!("length {size} B, {arrival}");
            let ours = || ours(LengthPrefixed::new(MAX), &stream, piece);
            let peer = || peer_length(&stream, piece);
            bench.case(&name, ours, peer);
        }
    }

    let mut bench = Bench::from_args("ours", "tokio-util's LinesCodec");
    for size in [16, 256, 4 * 1024, 64 * 1024] {
        let stream = stream(&mut Lines::new(MAX), size);
        for (arrival, piece) in arrivals(size) {
            let name = format!("lines {size} B, {arrival}");
            let ours = || ours(Lines::new(MAX), &stream, piece);
            bench.case(&name, ours, || peer_lines(&stream, piece));
        }
    }
}

/// In how many bytes at a time the stream arrives.
fn arrivals(size: usize) -> [(&'static str, usize); 2] {
    let whole = CHUNK.max(size + 4);
    [("in whole frames", whole), ("in segments", SEGMENT)]
}

/// Frames of `size` bytes, marked by `codec`.
fn stream(codec: &mut impl Codec, size: usize) -> BytesMut {
    let frame = vec![b'x'; size];
    let mut stream = BytesMut::new();
    while stream.len() < TOTAL {
        codec.encode(&frame, &mut stream).unwrap();
    }
    stream
}

/// Feeds `stream` to `next` piece by piece into one buffer, as a driver does,
/// and adds up the lengths of the frames and how many there were.
fn feed<F: AsRef<[u8]>>(
    stream: &[u8],
    piece: usize,
    mut next: impl FnMut(&mut BytesMut) -> Option<F>,
) -> u64 {
    let mut buffer = BytesMut::with_capacity(CHUNK);
    let mut sum = 0;
    for piece in stream.chunks(piece) {
        buffer.extend_from_slice(piece);
        while let Some(frame) = next(&mut buffer) {
            sum += frame.as_ref().len() as u64 + 1;
        }
    }
    assert!(buffer.is_empty());
    sum
}

fn ours(mut codec: impl Codec, stream: &[u8], piece: usize) -> u64 {
    feed::<Bytes>(stream, piece, |buffer| codec.decode(buffer).unwrap())
}

fn peer_length(stream: &[u8], piece: usize) -> u64 {
    let mut codec = LengthDelimitedCodec::builder()
        .max_frame_length(MAX)
        .new_codec();
    feed(stream, piece, |buffer| codec.decode(buffer).unwrap())
}

fn peer_lines(stream: &[u8], piece: usize) -> u64 {
    let mut codec = LinesCodec::new_with_max_length(MAX);
    feed(stream, piece, |buffer| codec.decode(buffer).unwrap())
}
