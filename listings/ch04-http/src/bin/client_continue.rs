//! How much of an upload leaves, when the server does not want it.

use std::error::Error;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ch04_http::client::stage::Stage;
use ch04_http::client::{Config, Request, blocking};
use http_body_util::{BodyExt, Full};

const SIZE: u64 = 64 << 20;

/// Zeros, counted.
struct Upload(Arc<AtomicUsize>);

impl Read for Upload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(0);
        self.0.fetch_add(buffer.len(), Ordering::Relaxed);
        Ok(buffer.len())
    }
}

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    // hyper says 100 when its service begins to read. This one does not.
    let server = Stage::hyper(|_request| async {
        let body = Full::new(Bytes::from_static(b"too large")).boxed();
        let mut response = http::Response::new(body);
        *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
        response
    })?;
    let client = blocking::Client::new(Config::default());
    for expect in [false, true] {
        let mut request = Request::new("PUT", server.url("/"))?;
        request = request.stream(Some(SIZE))?;
        if expect {
            request = request.expect_continue(Duration::from_secs(1));
        }
        let count = Arc::new(AtomicUsize::new(0));
        let upload = Box::new(Upload(Arc::clone(&count)));
        let response = client.send_from(request, upload)?;
        let left = match count.load(Ordering::Relaxed) as u64 {
            0 => "none",
            n if n < SIZE => "some",
            _ => "all",
        };
        let how = if expect {
            "asked first"
        } else {
            "sent at once"
        };
        println!("{how}: {}, {left} of it left", response.status());
    }
    println!("connections: {}", server.connections());
    Ok(())
}
// ANCHOR_END: main
