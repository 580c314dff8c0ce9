//! Chunked content, each byte of it: what we write, and what a decoder makes
//! of it.

use std::error::Error;

use ch04_http::body::{Decoder, Piece};
use ch04_http::encode;
use ch04_http::framing::Framing;
use ch04_http::head::Head;
use ch04_http::limits::Limits;

// ANCHOR: write
fn content() -> Result<Vec<u8>, encode::BadField> {
    let mut out = Vec::new();
    encode::chunk(&mut out, b"hello, ");
    encode::chunk(&mut out, b"");
    encode::chunk(&mut out, b"world of chunks");
    out.extend(b"0\r\n");
    encode::field(&mut out, "Checksum", b"7c4b")?;
    out.extend(b"\r\n");
    Ok(out)
}
// ANCHOR_END: write

// ANCHOR: read
fn main() -> Result<(), Box<dyn Error>> {
    let mut bytes = content()?;
    bytes.extend(b"GET / HTTP/1.1\r\n");
    let limits = Limits::default();
    let mut decoder = Decoder::new(Framing::Chunked);
    let mut trailer = Head::default();
    let (mut start, mut end, mut row) = (0, 0, 0);
    loop {
        // One more byte arrives.
        end += 1;
        let input = &bytes[start..end];
        let (taken, piece) = decoder.next(input, &mut trailer, &limits)?;
        start += taken;
        if matches!(piece, Piece::Data(_)) && bytes[end] != b'\r' {
            continue;
        }
        if taken > 0 {
            let text = bytes[row..start].escape_ascii();
            println!("{row:2}  {:24} {}", text.to_string(), name(&piece));
            row = start;
        }
        if let Piece::End(_) = piece {
            break;
        }
    }
    println!("{start} bytes, of them {} content", decoder.length());
    println!("left: {}", bytes[start..].escape_ascii());
    Ok(())
}
// ANCHOR_END: read

fn name(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Data(_) => "data".into(),
        Piece::End(fields) => format!("end, {fields:?}"),
        Piece::More => "framing".into(),
    }
}
