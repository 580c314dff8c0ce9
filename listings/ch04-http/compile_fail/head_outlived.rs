//! Must not compile: a request that outlives the bytes it points into.

use ch04_http::head::{Head, Request};
use ch04_http::limits::Limits;

// ANCHOR: main
fn main() {
    let mut buffer = b"GET /a HTTP/1.1\r\n\r\nGET /next".to_vec();
    let mut head = Head::default();
    let len = head.read_request(&buffer, &Limits::default());
    let request = Request::new(&buffer, &head);
    if let Ok(Some(len)) = len {
        buffer.drain(..len);
    }
    println!("{}", request.target());
}
// ANCHOR_END: main
