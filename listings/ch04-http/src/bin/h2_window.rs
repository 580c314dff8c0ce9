//! A client that takes what comes and gives no window for more.

use std::error::Error;

use bytes::{Bytes, BytesMut};
use ch04_http::h2::frame::Frame;
use ch04_http::h2::hpack::{Encoder, Field};
use ch04_http::h2::peer::Peer;
use ch04_http::h2::serve::{Config, in_memory};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::io::DuplexStream;

type Client = Peer<DuplexStream>;

/// Octets of DATA that have come, for each stream.
async fn arrived(client: &mut Client) -> std::io::Result<String> {
    let mut octets = [0; 4];
    for frame in client.quiet().await? {
        if let Frame::Data { stream, data, .. } = frame {
            octets[stream as usize] += data.len();
        }
    }
    Ok(format!("on 1: {:5}  on 3: {:5}", octets[1], octets[3]))
}

async fn ask(
    client: &mut Client,
    encoder: &mut Encoder,
    method: &'static str,
    stream: u32,
) -> std::io::Result<()> {
    let fields = [
        Field::new(":method", method),
        Field::new(":scheme", "http"),
        Field::new(":path", "/"),
        Field::new(":authority", "x"),
    ];
    let mut block = BytesMut::new();
    encoder.encode(&fields, &mut block);
    let end = method == "GET";
    client.send(&[Frame::headers(stream, block, end)]).await
}

async fn more(
    client: &mut Client,
    stream: u32,
    increment: u32,
) -> std::io::Result<()> {
    client
        .send(&[Frame::WindowUpdate { stream, increment }])
        .await
}

/// A megabyte to who asks; who sends something is not listened to.
async fn answer(request: Request<Incoming>) -> Response<Full<Bytes>> {
    if request.method() == "POST" {
        std::future::pending::<()>().await;
    }
    Response::new(Full::from(vec![b'x'; 1 << 20]))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: down
    let mut client =
        Peer::connect(in_memory(Config::default(), answer), &[]).await?;
    let mut fields = Encoder::new();
    ask(&mut client, &mut fields, "GET", 1).await?;
    println!("GET on 1               {}", arrived(&mut client).await?);
    ask(&mut client, &mut fields, "GET", 3).await?;
    println!("GET on 3               {}", arrived(&mut client).await?);
    more(&mut client, 1, 10_000).await?;
    println!("10,000 for 1           {}", arrived(&mut client).await?);
    more(&mut client, 0, 20_000).await?;
    println!("20,000 for connection  {}", arrived(&mut client).await?);
    // ANCHOR_END: down

    // ANCHOR: up
    let mut client =
        Peer::connect(in_memory(Config::default(), answer), &[]).await?;
    ask(&mut client, &mut Encoder::new(), "POST", 1).await?;
    client.quiet().await?;
    let mut sent = 0;
    for length in [16_384, 16_384, 16_384, 16_383, 1] {
        sent += length;
        let data = vec![b'x'; length];
        client.send(&[Frame::data(1, data, false)]).await?;
        let answer = match client.quiet().await?.pop() {
            Some(Frame::RstStream { code, .. }) => code.to_string(),
            Some(frame) => format!("{frame:?}"),
            None => "nothing".into(),
        };
        println!("{sent} octets to who does not read: {answer}");
    }
    // ANCHOR_END: up
    Ok(())
}
