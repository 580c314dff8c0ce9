//! The same content in three framings, and a connection that ends too early:
//! who notices?

use ch04_http::fault::Fault;
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Responses};

// ANCHOR: cut
const ANSWERS: [&str; 3] = [
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nbalance 100",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        b\r\nbalance 100\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nbalance 100",
];

fn read(bytes: &[u8]) -> (String, Result<bool, Fault>) {
    let mut reader = Responses::new(Limits::default());
    let (mut content, mut at) = (Vec::new(), 0);
    loop {
        match reader.next(&bytes[at..]) {
            Ok((_, Item::More)) => break,
            Ok((taken, item)) => {
                if let Item::Data(data) = item {
                    content.extend_from_slice(data);
                }
                at += taken;
            }
            Err(fault) => return (String::new(), Err(fault)),
        }
    }
    let content = String::from_utf8_lossy(&content).into_owned();
    (content, reader.ended(&bytes[at..]))
}

fn main() {
    for answer in ANSWERS {
        // What follows the first digit does not arrive.
        let arrives = answer.trim_end_matches(['0', '\r', '\n']);
        let (content, end) = read(arrives.as_bytes());
        let framing = match answer.lines().nth(1) {
            Some("") | None => "(neither)",
            Some(field) => field,
        };
        println!("{framing:27} {content:?}, {end:?}");
    }
}
// ANCHOR_END: cut
