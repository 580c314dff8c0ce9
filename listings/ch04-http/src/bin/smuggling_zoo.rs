//! Every trick of the page: what two lax readers see, and what ours says.

use ch04_http::fault::Fault;
use ch04_http::lax::Lax;
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Requests};
use ch04_http::zoo;

// ANCHOR: table
fn main() {
    println!("{:29}  one other  ours", "what it is");
    for case in zoo::cases() {
        let one = contents(case.front, &case.stream);
        let other = contents(case.back, &case.stream);
        let (ours, rule) = match read(&case.stream) {
            Ok(requests) => (format!("{requests} request"), ""),
            Err(fault) => (format!("{} {fault}", fault.status()), fault.rule()),
        };
        let rule = rule.replace("RFC ", "").replace("section ", "");
        println!("{:29} {one:>4} {other:>5}  {ours:43} {rule}", case.what);
    }
}

/// How long the content is of each request that it sees.
fn contents(lax: Lax, stream: &[u8]) -> String {
    let seen = lax.requests(stream);
    let lengths = seen.iter().map(|seen| seen.content.len().to_string());
    lengths.collect::<Vec<_>>().join(", ")
}

/// How many requests are in it, to our reader.
fn read(stream: &[u8]) -> Result<usize, Fault> {
    let mut reader = Requests::new(Limits::default());
    let (mut requests, mut at) = (0, 0);
    loop {
        let (taken, item) = reader.next(&stream[at..])?;
        at += taken;
        match item {
            Item::End(_) => requests += 1,
            Item::More => break,
            _ => {}
        }
    }
    reader.ended(&stream[at..])?;
    Ok(requests)
}
// ANCHOR_END: table
