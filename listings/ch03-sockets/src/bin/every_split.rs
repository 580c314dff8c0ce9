//! Cuts a stream in every way there is, and decodes what arrives.

use bytes::BytesMut;
use ch03_sockets::frame::{Codec, FrameError, LengthPrefixed, Lines};

// ANCHOR: pieces
/// Calls `arrive` with each piece of `stream`. Bit `i` of `cuts` says whether
/// there is a cut after byte `i`.
fn pieces(stream: &[u8], cuts: u32, mut arrive: impl FnMut(&[u8])) {
    let mut start = 0;
    for end in 1..=stream.len() {
        if end == stream.len() || cuts >> (end - 1) & 1 == 1 {
            arrive(&stream[start..end]);
            start = end;
        }
    }
}

fn decode(mut codec: impl Codec, stream: &[u8], cuts: u32) -> Vec<String> {
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    pieces(stream, cuts, |piece| {
        buffer.extend_from_slice(piece);
        while let Ok(Some(frame)) = codec.decode(&mut buffer) {
            frames.push(String::from_utf8_lossy(&frame).into_owned());
        }
    });
    frames
}

/// The mistake: what one read returned is one message.
fn read_is_message(stream: &[u8], cuts: u32) -> Vec<String> {
    let mut messages = Vec::new();
    pieces(stream, cuts, |piece| {
        messages.push(String::from_utf8_lossy(piece).into_owned());
    });
    messages
}
// ANCHOR_END: pieces

/// Tries every set of cuts of `stream`.
fn count(
    name: &str,
    stream: &[u8],
    decode: impl Fn(&[u8], u32) -> Vec<String>,
) {
    let ways = 1u32 << (stream.len() - 1);
    let right = (0..ways)
        .filter(|&cuts| decode(stream, cuts) == ["hello", "hi"])
        .count();
    println!("{name}: right in {right} of {ways}");
}

fn main() -> Result<(), FrameError> {
    count("a read is a message", b"hellohi", read_is_message);

    let (mut prefixed, mut lines) = (BytesMut::new(), BytesMut::new());
    for message in ["hello", "hi"] {
        LengthPrefixed::new(8).encode(message.as_bytes(), &mut prefixed)?;
        Lines::new(8).encode(message.as_bytes(), &mut lines)?;
    }
    count("length prefix", &prefixed, |stream, cuts| {
        decode(LengthPrefixed::new(8), stream, cuts)
    });
    count("lines", &lines, |stream, cuts| {
        decode(Lines::new(8), stream, cuts)
    });
    Ok(())
}
