//! A deadline on an answer, with tokio.

use std::io::Result;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0").await?;
    let address = server.local_addr()?;
    let serving = tokio::spawn(async move {
        let mut buf = [0; 1500];
        server.recv_from(&mut buf).await?; // Lost.
        let (n, from) = server.recv_from(&mut buf).await?;
        server.send_to(&buf[..n], from).await
    });

    // ANCHOR: client
    let client = UdpSocket::bind("127.0.0.1:0").await?;
    client.connect(address).await?;
    let mut buf = [0; 1500];
    for (attempt, wait) in [(1, 200), (2, 400)] {
        client.send(b"anyone?").await?;
        let wait = Duration::from_millis(wait);
        match timeout(wait, client.recv(&mut buf)).await {
            Ok(n) => println!("try {attempt}: {} bytes", n?),
            Err(elapsed) => println!("try {attempt}: {elapsed}"),
        }
    }
    // ANCHOR_END: client
    serving.await??;
    Ok(())
}
