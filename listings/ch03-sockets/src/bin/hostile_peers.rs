//! Five peers, four of them hostile or broken, and what a server with limits
//! says of each.

use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use ch03_sockets::blocking::{Framed, FramedError};
use ch03_sockets::frame::{Codec, LengthPrefixed, Lines};

// ANCHOR: serve
/// Reads all frames of one connection; says how many there were.
fn serve(stream: TcpStream, codec: impl Codec) -> Result<u32, FramedError> {
    let mut framed = Framed::new(stream, codec);
    let mut frames = 0;
    while framed.read_frame()?.is_some() {
        frames += 1;
    }
    Ok(frames)
}
// ANCHOR_END: serve

/// Sends `bytes` on a connection of its own, ends it, and lets `codec` read.
fn peer(
    listener: &TcpListener,
    what: &str,
    bytes: &[u8],
    codec: impl Codec,
) -> io::Result<()> {
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.write_all(bytes)?;
    client.shutdown(Shutdown::Write)?;
    let (stream, _) = listener.accept()?;
    match serve(stream, codec) {
        Ok(frames) => println!("{what}: clean end, frames: {frames}"),
        Err(error) => println!("{what}: {error}"),
    }
    Ok(())
}

// ANCHOR: peers
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let prefixed = LengthPrefixed::new(1024);
    let lines = Lines::new(80);

    let bytes = [0xff; 4];
    peer(&listener, "4 GiB promised", &bytes, prefixed.clone())?;
    let bytes = [b'a'; 4096];
    peer(&listener, "endless line", &bytes, lines.clone())?;
    peer(
        &listener,
        "cut-off frame",
        b"\0\0\0\x05he",
        prefixed.clone(),
    )?;
    peer(&listener, "cut-off line", b"PAY 1000", lines)?;
    peer(&listener, "a good peer", b"\0\0\0\x05hello", prefixed)
}
// ANCHOR_END: peers
