//! A conversation with hyper, octet by octet.

use std::convert::Infallible;
use std::error::Error;

use bytes::{Bytes, BytesMut};
use ch04_http::h2::dissect::Dissector;
use ch04_http::h2::frame::{ErrorCode, Frame, MIN_MAX_FRAME_SIZE, PREFACE};
use ch04_http::h2::hpack::{Encoder, Field};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::yield_now;

/// Answers, or never does.
async fn answer(
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/never" {
        std::future::pending::<()>().await;
    }
    let mut response = Response::new(Full::from("hello"));
    let text = http::HeaderValue::from_static("text/plain");
    response.headers_mut().insert("content-type", text);
    Ok(response)
}

struct Conversation {
    stream: DuplexStream,
    ours: Dissector,
    theirs: Dissector,
}

impl Conversation {
    // ANCHOR: say
    /// Sends octets, shows them, and shows what hyper has to say to them.
    async fn say(&mut self, octets: &[u8]) -> Result<(), Box<dyn Error>> {
        self.stream.write_all(octets).await?;
        for row in self.ours.feed(octets)? {
            println!("{}", indented(&row.to_string(), "> "));
        }
        // hyper has the same thread: when it has had its turns and nothing
        // came, nothing will.
        let mut received = BytesMut::new();
        for _ in 0..100 {
            tokio::select! {
                biased;
                read = self.stream.read_buf(&mut received) => read?,
                () = yield_now() => continue,
            };
        }
        for row in self.theirs.feed(&received)? {
            println!("{}", indented(&row.to_string(), "  < "));
        }
        println!();
        Ok(())
    }
    // ANCHOR_END: say

    async fn send(&mut self, frames: &[Frame]) -> Result<(), Box<dyn Error>> {
        let mut octets = BytesMut::new();
        for frame in frames {
            frame.encode(MIN_MAX_FRAME_SIZE, &mut octets)?;
        }
        self.say(&octets).await
    }
}

fn indented(text: &str, by: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| by.to_owned() + line).collect();
    lines.join("\n")
}

fn request(encoder: &mut Encoder, path: &'static str) -> Bytes {
    let fields = [
        Field::new(":method", "GET"),
        Field::new(":scheme", "http"),
        Field::new(":path", path),
        Field::new(":authority", "www.example.com"),
    ];
    let mut block = BytesMut::new();
    encoder.encode(&fields, &mut block);
    block.freeze()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (stream, other) = tokio::io::duplex(1 << 16);
    let server = http2::Builder::new(TokioExecutor::new())
        .auto_date_header(false)
        .serve_connection(TokioIo::new(other), service_fn(answer));
    tokio::spawn(server);
    let mut hyper = Conversation {
        stream,
        ours: Dissector::of_client(),
        theirs: Dissector::of_server(),
    };
    // ANCHOR: script
    let mut start = BytesMut::from(&PREFACE[..]);
    let settings = Frame::Settings {
        ack: false,
        settings: vec![],
    };
    settings.encode(MIN_MAX_FRAME_SIZE, &mut start)?;
    hyper.say(&start).await?;

    let ack = Frame::Settings {
        ack: true,
        settings: vec![],
    };
    let mut fields = Encoder::new();
    let first = request(&mut fields, "/");
    hyper.send(&[ack, Frame::headers(1, first, true)]).await?;

    // It will not be answered, and we lose interest.
    let never = request(&mut fields, "/never");
    hyper.send(&[Frame::headers(3, never, true)]).await?;
    let (stream, code) = (3, ErrorCode::CANCEL);
    hyper.send(&[Frame::RstStream { stream, code }]).await?;

    let data = *b"there?!?";
    hyper.send(&[Frame::Ping { ack: false, data }]).await?;

    // Stream 5, and then one with a number that has passed.
    let again = request(&mut fields, "/");
    hyper.send(&[Frame::headers(5, again, true)]).await?;
    let late = request(&mut fields, "/");
    hyper.send(&[Frame::headers(4, late, true)]).await?;
    // ANCHOR_END: script
    Ok(())
}
