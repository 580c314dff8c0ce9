//! A client that takes what comes and gives no window for more.

use std::error::Error;

use bytes::{Bytes, BytesMut};
use ch04_http::h2::frame::Frame;
use ch04_http::h2::hpack::{Encoder, Field};
use ch04_http::h2::peer::Peer;
use ch04_http::h2::serve::{Config, run};
use http::Response;
use http_body_util::Full;
use tokio::net::{TcpListener, TcpStream};

type Client = Peer<TcpStream>;

/// Octets of DATA that come before the answer to a PING, for each stream. By
/// then the server has had time to send what it may, twice.
async fn arrived(client: &mut Client) -> Result<String, Box<dyn Error>> {
    let mut octets = [0; 4];
    for _ in 0..2 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        for frame in client.settle().await? {
            if let Frame::Data { stream, data, .. } = frame {
                octets[stream as usize] += data.len();
            }
        }
    }
    Ok(format!("stream 1: {:6}  stream 3: {:6}", octets[1], octets[3]))
}

async fn get(
    client: &mut Client,
    encoder: &mut Encoder,
    stream: u32,
) -> std::io::Result<()> {
    let fields = [
        Field::new(":method", "GET"),
        Field::new(":scheme", "http"),
        Field::new(":path", "/large"),
        Field::new(":authority", "x"),
    ];
    let mut block = BytesMut::new();
    encoder.encode(&fields, &mut block);
    client.send(&[Frame::headers(stream, block, true)]).await
}

async fn more(
    client: &mut Client,
    stream: u32,
    increment: u32,
) -> std::io::Result<()> {
    client.send(&[Frame::WindowUpdate { stream, increment }]).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let never = std::future::pending();
    let large = Bytes::from(vec![b'x'; 1 << 20]);
    let handler =
        move |_| std::future::ready(Response::new(Full::new(large.clone())));
    tokio::spawn(run(listener, never, Config::default(), handler));
    let stream = TcpStream::connect(address).await?;
    // ANCHOR: script
    let mut client = Peer::connect(stream, &[]).await?;
    let mut fields = Encoder::new();
    get(&mut client, &mut fields, 1).await?;
    println!("GET on 1         {}", arrived(&mut client).await?);
    get(&mut client, &mut fields, 3).await?;
    println!("GET on 3         {}", arrived(&mut client).await?);
    more(&mut client, 1, 10_000).await?;
    println!("10,000 for 1     {}", arrived(&mut client).await?);
    more(&mut client, 0, 20_000).await?;
    println!("20,000 for all   {}", arrived(&mut client).await?);
    // ANCHOR_END: script
    Ok(())
}
