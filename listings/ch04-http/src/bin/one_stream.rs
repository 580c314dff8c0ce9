//! How many requests are these? Two servers, two answers.

use ch04_http::lax::{BY_LENGTH, Lax, PLAIN};

// ANCHOR: stream
/// Two clients send these, one after the other, through the same proxy.
const MALLORY: &str = "POST / HTTP/1.1\r\n\
    Host: shop.example\r\n\
    Content-Length: 47\r\n\
    Transfer-Encoding: chunked\r\n\
    \r\n\
    0\r\n\
    \r\n\
    GET /gift?to=mallory HTTP/1.1\r\n\
    X-Ignore: x";
const ALICE: &str = "GET /orders HTTP/1.1\r\n\
    Host: shop.example\r\n\
    Cookie: alice\r\n\
    \r\n";

fn main() {
    let stream = [MALLORY, ALICE].concat();
    show("the proxy", BY_LENGTH, stream.as_bytes());
    show("the shop", PLAIN, stream.as_bytes());
}
// ANCHOR_END: stream

fn show(who: &str, lax: Lax, stream: &[u8]) {
    println!("{who} sees");
    for seen in lax.requests(stream) {
        println!("  {}", seen.line);
        for (name, value) in seen.fields {
            println!("    {name}: {value}");
        }
        let content = seen.content.escape_ascii();
        println!("    content: \"{content}\"");
    }
}
