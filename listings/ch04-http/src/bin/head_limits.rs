//! What never ends, and where it is ended.

use ch04_http::head::Head;
use ch04_http::limits::Limits;
use ch04_http::status;

// ANCHOR: endless
/// Adds to a request until it is refused.
fn endless(what: &str, before: &str, part: &str) {
    let limits = Limits::default();
    let (mut head, mut text) = (Head::default(), String::from(before));
    let fault = loop {
        text += part;
        if let Err(fault) = head.read_request(text.as_bytes(), &limits) {
            break fault;
        }
    };
    let code = fault.status();
    let reason = status::reason(code);
    println!("{what:<8}{:>6} bytes  {fault}: {code} {reason}", text.len());
}

fn main() {
    endless("method", "", "G");
    endless("target", "GET /", "x");
    endless("name", "GET / HTTP/1.1\r\n", "x");
    endless("value", "GET / HTTP/1.1\r\nA:", " ");
    endless("lines", "GET / HTTP/1.1\r\n", &line(4096));
    endless("fields", "GET / HTTP/1.1\r\n", "A:\r\n");
    endless("version", "GET / HTTP/", "2.0");
    endless("TLS", "", "\x16");
}
// ANCHOR_END: endless

/// A field line of this length, its end included.
fn line(len: usize) -> String {
    format!("A:{}\r\n", "x".repeat(len - 4))
}
