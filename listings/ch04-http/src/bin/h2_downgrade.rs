//! Requests that are harmless in HTTP/2 and two requests in HTTP/1.1.

use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use ch04_http::h2::frame::Frame;
use ch04_http::h2::hpack::{Encoder, Field};
use ch04_http::h2::message::{Malformed, Request};
use ch04_http::h2::peer::Peer;
use ch04_http::h2::serve::{Config, in_memory};
use http::Response;
use http_body_util::{BodyExt, Empty, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;

// ANCHOR: naive
/// A gateway that trusts what it was sent.
fn naive(fields: &[Field], body: &[u8]) -> Vec<u8> {
    let get = |wanted: &str| {
        let found = fields.iter().find(|field| field.name == wanted);
        found.map_or(&b""[..], |field| &field.value)
    };
    let mut text = [get(":method"), b" ", get(":path")].concat();
    text.extend_from_slice(b" HTTP/1.1\r\nhost: ");
    text.extend_from_slice(get(":authority"));
    for field in fields.iter().filter(|f| !f.name.starts_with(b":")) {
        text.extend([b"\r\n", &field.name[..], b": ", &field.value].concat());
    }
    text.extend_from_slice(b"\r\n\r\n");
    text.extend_from_slice(body);
    text
}
// ANCHOR_END: naive

// ANCHOR: ours
/// Ours.
fn checked(fields: &[Field], body: &[u8]) -> Result<Bytes, Malformed> {
    let body = Some(body).filter(|body| !body.is_empty());
    Request::from_fields(fields)?.to_http1(body)
}
// ANCHOR_END: ours

/// The requests that an origin sees: hyper, over HTTP/1.1.
async fn origin(octets: &[u8]) -> Result<String, Box<dyn Error>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let service = service_fn(move |request: http::Request<_>| {
        let line = format!("{} {}", request.method(), request.uri());
        log.lock().expect("nobody panics").push(line);
        async {
            // The next request begins behind this one's body.
            let body: hyper::body::Incoming = request.into_body();
            let _ = body.collect().await;
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        }
    });
    let (mut gateway, io) = tokio::io::duplex(1 << 16);
    gateway.write_all(octets).await?;
    gateway.shutdown().await?;
    let server = http1::Builder::new();
    // What it thinks of the octets shows in the requests that it saw.
    let _ = server.serve_connection(TokioIo::new(io), service).await;
    Ok(seen.lock().expect("nobody panics").join(", "))
}

/// What hyper says to the same fields over HTTP/2.
async fn hyper(
    fields: &[Field],
    body: &[u8],
) -> Result<String, Box<dyn Error>> {
    let server = in_memory(Config::default(), async |_| {
        Response::new(Full::from("hello"))
    });
    let mut client = Peer::connect(server, &[]).await?;
    client.quiet().await?;
    let mut block = BytesMut::new();
    Encoder::new().encode(fields, &mut block);
    let mut frames = vec![Frame::headers(1, block, body.is_empty())];
    if !body.is_empty() {
        frames.push(Frame::data(1, body.to_vec(), true));
    }
    client.send(&frames).await?;
    for frame in client.quiet().await? {
        match frame {
            Frame::RstStream { code, .. } => {
                return Ok(format!("RST_STREAM {code}"));
            }
            Frame::GoAway { code, .. } => return Ok(format!("GOAWAY {code}")),
            Frame::Headers { .. } => return Ok("a response".into()),
            _ => {}
        }
    }
    Ok("nothing".into())
}

/// A request for `/` with one pseudo-header field or field more or other.
fn with(name: &'static str, value: &'static str) -> Vec<Field> {
    let mut fields = vec![
        Field::new(":method", "POST"),
        Field::new(":scheme", "http"),
        Field::new(":path", "/"),
        Field::new(":authority", "x"),
    ];
    fields.retain(|field| field.name != name);
    let at = if name.starts_with(':') { 0 } else { 3 };
    fields.insert(at.min(fields.len()), Field::new(name, value));
    fields.sort_by_key(|field| !field.name.starts_with(b":"));
    fields
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: attacks
    const SMUGGLED: &str = "GET /admin HTTP/1.1\r\nhost: x\r\n\r\n";
    let attacks = [
        (
            "CR LF in a value",
            with("a", "b\r\n\r\nGET /admin HTTP/1.1\r\nhost: x"),
            "",
        ),
        (
            "CR LF in a name",
            with("a: b\r\n\r\nGET /admin HTTP/1.1\r\nhost", "x"),
            "",
        ),
        (
            "spaces and CR LF in :path",
            with(":path", "/ HTTP/1.1\r\nhost: x\r\n\r\nGET /admin"),
            "",
        ),
        (
            "transfer-encoding",
            with("transfer-encoding", "chunked"),
            "0\r\n\r\nGET /admin HTTP/1.1\r\nhost: x\r\n\r\n",
        ),
        (
            "content-length that is not the body's",
            with("content-length", "0"),
            SMUGGLED,
        ),
        ("none of this", with("a", "b"), ""),
    ];
    // ANCHOR_END: attacks
    for (name, fields, body) in attacks {
        let body = body.as_bytes();
        println!("{name}");
        println!("  naive: {}", origin(&naive(&fields, body)).await?);
        println!(
            "  ours:  {}",
            match checked(&fields, body) {
                Ok(text) => origin(&text).await?,
                Err(error) => error.to_string(),
            }
        );
        println!("  hyper: {}", hyper(&fields, body).await?);
    }
    Ok(())
}
