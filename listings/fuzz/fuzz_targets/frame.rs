//! Frames on a byte stream (3.1): the pieces in which they arrive must not
//! matter, and no claim may size the buffer.
#![no_main]

use bytes::{Bytes, BytesMut};
use ch03_sockets::frame::{Codec, FrameError, LengthPrefixed, Lines};
use libfuzzer_sys::fuzz_target;

const MAX: usize = 64;

fn frames(
    mut codec: impl Codec,
    pieces: &[&[u8]],
) -> (Vec<Bytes>, Result<(), FrameError>) {
    let (mut buffer, mut frames) = (BytesMut::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
    }
    let end = codec.finish(&buffer);
    (frames, end)
}

fn check<C: Codec>(new: impl Fn() -> C, bytes: &[u8]) {
    let (whole, end) = frames(new(), &[bytes]);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    let (split, split_end) = frames(new(), &single);
    assert_eq!(whole, split);
    assert_eq!(end.is_ok(), split_end.is_ok());
    assert!(whole.iter().all(|frame| frame.len() <= MAX));
}

fuzz_target!(|bytes: &[u8]| {
    check(|| LengthPrefixed::new(MAX), bytes);
    check(|| Lines::new(MAX), bytes);
});
