//! A kept connection is closed at the moment when it is used again.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ch04_http::client::blocking::Client;
use ch04_http::client::stage::{Stage, read_head, respond};
use ch04_http::client::{Config, Request};

// ANCHOR: server
/// Answers one request on each connection. It reads a second one, carries it
/// out for all we know, and closes without an answer.
fn server(carried_out: Arc<AtomicUsize>) -> io::Result<Stage> {
    Stage::script(move |_, mut stream| {
        read_head(&mut stream)?;
        carried_out.fetch_add(1, Ordering::Relaxed);
        respond(&mut stream, 200, "done")?;
        if !read_head(&mut stream)?.is_empty() {
            carried_out.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    })
}
// ANCHOR_END: server

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    for (method, key) in [
        ("GET", None),
        ("DELETE", None),
        ("POST", None),
        ("POST", Some("\"8e03978e\"")),
    ] {
        let carried_out = Arc::new(AtomicUsize::new(0));
        let server = server(Arc::clone(&carried_out))?;
        let client = Client::new(Config::default());
        let first = Request::new("GET", server.url("/"))?;
        client.send(first)?.content()?; // leaves a connection

        let mut request = Request::new(method, server.url("/"))?;
        if let Some(key) = key {
            request = request.field("Idempotency-Key", key)?;
        }
        let outcome = match client.send(request) {
            Ok(response) => response.status().to_string(),
            Err(error) => error.to_string(),
        };
        let sent = carried_out.load(Ordering::Relaxed) - 1;
        let key = if key.is_some() { " with a key" } else { "" };
        println!("{method}{key}: carried out {sent}x, {outcome}");
    }
    Ok(())
}
// ANCHOR_END: main
