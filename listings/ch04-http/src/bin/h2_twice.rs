//! The same request again: what it costs in HTTP/1.1, and with HPACK.

use bytes::BytesMut;
use ch04_http::h2::dissect::step_text;
use ch04_http::h2::hpack::{DEFAULT_LIST, Decoder, Encoder, Error, Field};

const FIELDS: [(&str, &str); 9] = [
    (":method", "GET"),
    (":scheme", "https"),
    (":authority", "www.example.com"),
    (":path", "/style.css"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
    ("accept", "text/css,*/*;q=0.1"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate"),
    ("cookie", "theme=dark; seen=2026-11-28"),
];

fn http1(path: &str) -> String {
    let mut text = format!("GET {path} HTTP/1.1\r\nhost: www.example.com\r\n");
    for (name, value) in &FIELDS[4..] {
        text += &format!("{name}: {value}\r\n");
    }
    text + "\r\n"
}

fn main() -> Result<(), Error> {
    let mut encoder = Encoder::new();
    let mut decoder = Decoder::new(DEFAULT_LIST);
    for path in ["/style.css", "/style.css", "/logo.svg"] {
        // ANCHOR: request
        let fields = FIELDS.map(|(name, value)| match name {
            ":path" => Field::new(name, path),
            _ => Field::new(name, value),
        });
        let mut block = BytesMut::new();
        encoder.encode(&fields, &mut block);
        // ANCHOR_END: request
        println!(
            "{path}: HTTP/1.1 {} octets, HPACK {}",
            http1(path).len(),
            block.len()
        );
        decoder.steps(&block, |step| {
            println!("  {:2}  {}", step.octets.len(), step_text(&step));
        })?;
        let table = decoder.table();
        println!("  table: {} of {} octets", table.size(), table.max());
    }
    Ok(())
}
