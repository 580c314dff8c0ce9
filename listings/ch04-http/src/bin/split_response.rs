//! A value with a line break in it: one response, or two?

use ch04_http::encode::{self, BadField};
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Responses};

// ANCHOR: write
/// What a client asked for, percent-decoded: `/go?to=/fr%0D%0A…`.
const TO: &str = "/fr\r\nContent-Length: 0\r\n\r\n\
    HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\nyou have been had";

fn naive(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
        .into_bytes()
}

fn careful(to: &str) -> Result<Vec<u8>, BadField> {
    let mut out = b"HTTP/1.1 302 Found\r\n".to_vec();
    encode::field(&mut out, "Location", to.as_bytes())?;
    encode::field(&mut out, "Content-Length", b"0")?;
    out.extend(b"\r\n");
    Ok(out)
}
// ANCHOR_END: write

fn main() {
    let bytes = naive(TO);
    let mut reader = Responses::new(Limits::default());
    let mut at = 0;
    while let Ok((taken, item)) = reader.next(&bytes[at..]) {
        match item {
            Item::Head(head, _) => println!("a response: {}", head.status()),
            Item::Data(data) => {
                println!("  {:?}", data.escape_ascii().to_string())
            }
            Item::More => break,
            _ => {}
        }
        at += taken;
    }
    match careful(TO) {
        Ok(_) => println!("written"),
        Err(bad) => println!("not written: {bad}"),
    }
}
