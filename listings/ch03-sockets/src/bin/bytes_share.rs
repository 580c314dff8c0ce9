//! `BytesMut::split_to` hands out a piece of the buffer without copying it.

use bytes::BytesMut;

fn main() {
    let mut buffer = BytesMut::from(&b"hello, world"[..]);
    let before = buffer.as_ptr();

    let frame = buffer.split_to(5).freeze();
    println!("{frame:?} and {buffer:?}");
    println!("frame where the buffer began: {}", frame.as_ptr() == before);
    let moved = buffer.as_ptr().addr() - before.addr();
    println!("the rest begins {moved} bytes on, in the same allocation");

    let again = frame.clone();
    println!("a clone shares it too: {}", again.as_ptr() == before);
}
