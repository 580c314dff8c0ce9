//! How many requests are these? Two servers, two answers.

use ch04_http::lax::{BY_LENGTH, Lax, PLAIN};
use ch04_http::zoo::{ALICE, MALLORY};

// ANCHOR: main
fn main() {
    let stream = [MALLORY, ALICE].concat();
    show("the proxy", BY_LENGTH, stream.as_bytes());
    show("the shop", PLAIN, stream.as_bytes());
}
// ANCHOR_END: main

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
