//! A deadline in the middle of a frame, and what is left of the frame.

use std::time::Duration;

use ch03_sockets::asynchronous::Framed;
use ch03_sockets::frame::LengthPrefixed;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

type Error = Box<dyn std::error::Error>;

const DEADLINE: Duration = Duration::from_millis(50);
const FIRST: &[u8] = b"\0\0\0\x05he";
const REST: &[u8] = b"llo\0\0\0\x05world";

async fn pair() -> Result<(TcpStream, TcpStream), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = TcpStream::connect(listener.local_addr()?).await?;
    Ok((client, listener.accept().await?.0))
}

// ANCHOR: exact
async fn with_read_exact() -> Result<(), Error> {
    let (mut client, mut server) = pair().await?;
    let mut frame = [0; 9];
    client.write_all(FIRST).await?;
    let first = timeout(DEADLINE, server.read_exact(&mut frame)).await;
    println!("read_exact: in time? {}", first.is_ok());
    client.write_all(REST).await?;
    server.read_exact(&mut frame).await?;
    println!("read_exact: {:?}", String::from_utf8_lossy(&frame));
    Ok(())
}
// ANCHOR_END: exact

// ANCHOR: framed
async fn with_framed() -> Result<(), Error> {
    let (mut client, server) = pair().await?;
    let mut framed = Framed::new(server, LengthPrefixed::new(1024));
    client.write_all(FIRST).await?;
    let first = timeout(DEADLINE, framed.read_frame()).await;
    println!("Framed: in time? {}", first.is_ok());
    client.write_all(REST).await?;
    println!("Framed: {:?}", framed.read_frame().await?);
    Ok(())
}
// ANCHOR_END: framed

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    with_read_exact().await?;
    with_framed().await
}
