//! What is refused, and where the rule stands.

use ch04_http::head::Head;
use ch04_http::limits::Limits;

// ANCHOR: lines
const REFUSED: [&str; 10] = [
    "GET / HTTP/1.1\n",
    "GET / HTTP/1.1\r\nA: b\rC: d\r\n",
    "GET / HTTP/1.1\r\nA: \0\r\n",
    "GET  / HTTP/1.1\r\n",
    "GET http:///etc/passwd HTTP/1.1\r\n",
    "GET / HTTP/1.10\r\n",
    "GET / HTTP/1.1\r\n A: b\r\n",
    "GET / HTTP/1.1\r\nA: b\r\n c\r\n",
    "GET / HTTP/1.1\r\nA : b\r\n",
    "GET / HTTP/1.1\r\nA\r\n",
];
// ANCHOR_END: lines

fn main() {
    for text in REFUSED {
        let mut head = Head::default();
        let read = head.read_request(text.as_bytes(), &Limits::default());
        let fault = read.expect_err("none of them is good");
        println!("{}\n    {fault} ({})", text.escape_debug(), fault.rule());
    }
}
