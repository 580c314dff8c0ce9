//! A head that comes in pieces: read anew with each, and gone on with.

use std::error::Error;

use ch04_http::fault::Fault;
use ch04_http::head::Head;
use ch04_http::limits::Limits;

/// A request with this many cookies of 1000 bytes.
fn request(cookies: usize) -> String {
    let cookie = format!("Cookie: {}\r\n", "x".repeat(990));
    let cookies = cookie.repeat(cookies);
    format!("GET / HTTP/1.1\r\nHost: us\r\n{cookies}\r\n")
}

// ANCHOR: anew
/// From the front with each piece. How many bytes are read in all?
fn anew(bytes: &[u8], piece: usize) -> Result<usize, httparse::Error> {
    let (mut read, mut end) = (0, 0);
    loop {
        end = bytes.len().min(end + piece);
        read += end;
        let mut room = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut room);
        if request.parse(&bytes[..end])?.is_complete() {
            return Ok(read);
        }
    }
}
// ANCHOR_END: anew

// ANCHOR: on
/// On from where the last call stopped.
fn on(bytes: &[u8], piece: usize) -> Result<usize, Fault> {
    let mut head = Head::default();
    let (mut read, mut end) = (0, 0);
    loop {
        end = bytes.len().min(end + piece);
        read += end - head.seen();
        let len = head.read_request(&bytes[..end], &Limits::default())?;
        if len.is_some() {
            return Ok(read);
        }
    }
}
// ANCHOR_END: on

fn main() -> Result<(), Box<dyn Error>> {
    println!("  head  piece        anew     on");
    for (cookies, piece) in [(0, 1), (2, 1), (4, 1), (32, 1460)] {
        let request = request(cookies);
        let bytes = request.as_bytes();
        let (anew, on) = (anew(bytes, piece)?, on(bytes, piece)?);
        println!("{:>6} {piece:>6} {anew:>11} {on:>6}", bytes.len());
    }
    Ok(())
}
