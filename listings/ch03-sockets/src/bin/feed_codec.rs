//! A codec without a socket: bytes in, frames out.

use bytes::BytesMut;
use ch03_sockets::frame::{Codec, FrameError, LengthPrefixed};

fn main() -> Result<(), FrameError> {
    let mut codec = LengthPrefixed::new(1024);
    let mut buffer = BytesMut::new();

    for piece in [&b"\0\0"[..], b"\0\x05he", b"llo\0\0\0\x05world"] {
        buffer.extend_from_slice(piece);
        println!("in  {:?}", BytesMut::from(piece));
        while let Some(frame) = codec.decode(&mut buffer)? {
            println!("out     {frame:?}");
        }
    }
    codec.finish(&buffer)
}
