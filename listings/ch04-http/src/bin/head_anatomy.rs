//! The parts of a head, and where each stands in the buffer.

use std::error::Error;

use ch04_http::head::{Head, Request};
use ch04_http::limits::Limits;

// ANCHOR: anatomy
fn main() -> Result<(), Box<dyn Error>> {
    let buffer = b"GET /a?b=c HTTP/1.1\r\n\
        Host: book.example\r\n\
        Accept:\ttext/html  \r\n\
        X:\r\n\
        \r\n\
        what follows";

    let mut head = Head::default();
    let len = head.read_request(buffer, &Limits::default())?;
    println!("{len:?} of {} bytes are the head", buffer.len());

    let request = Request::new(buffer, &head);
    let show = |what, part: &[u8]| {
        // A part is a piece of the buffer: its address tells which.
        let start = part.as_ptr().addr() - buffer.as_ptr().addr();
        let place = format!("{start}..{}", start + part.len());
        println!("{place:<7} {what:<7} {}", part.escape_ascii());
    };
    show("method", request.method().as_bytes());
    show("target", request.target().as_bytes());
    for field in request.fields().iter() {
        show("name", field.name.as_bytes());
        show("value", field.value);
    }
    println!("{}, path {}", request.version(), request.path());
    Ok(())
}
// ANCHOR_END: anatomy
