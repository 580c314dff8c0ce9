//! One codec, two drivers: a tokio server echoes length-prefixed frames, a
//! blocking client sends them. `--serve ADDR` runs the server alone.

use std::net::TcpStream;

use ch03_sockets::blocking::{self, FramedError};
use ch03_sockets::{asynchronous, frame::LengthPrefixed};
use tokio::net::TcpListener;

/// The longest frame, in bytes.
const MAX: usize = 1024;

// ANCHOR: server
async fn serve(listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (stream, peer) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = echo(stream).await {
                println!("{peer}: {error}");
            }
        });
    }
}

async fn echo(stream: tokio::net::TcpStream) -> Result<(), FramedError> {
    let codec = LengthPrefixed::new(MAX);
    let mut framed = asynchronous::Framed::new(stream, codec);
    while let Some(frame) = framed.read_frame().await? {
        framed.write_frame(&frame).await?;
    }
    Ok(())
}
// ANCHOR_END: server

// ANCHOR: client
fn client(address: std::net::SocketAddr) -> Result<(), FramedError> {
    let stream = TcpStream::connect(address)?;
    let mut framed = blocking::Framed::new(stream, LengthPrefixed::new(MAX));
    framed.write_frame(b"hello")?;
    framed.write_frame(b"")?;
    framed.write_frame(b"two\nlines")?;
    for _ in 0..3 {
        println!("{:?}", framed.read_frame()?);
    }
    Ok(())
}
// ANCHOR_END: client

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    if let Some("--serve") = arguments.next().as_deref() {
        let address = arguments.next().ok_or("--serve needs an address")?;
        let listener = TcpListener::bind(address).await?;
        println!("listening on {}", listener.local_addr()?);
        return Ok(serve(listener).await?);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(listener));
    tokio::task::spawn_blocking(move || client(address)).await??;
    Ok(())
}
