//! The same bytes as a header section of mail and of HTTP.

use std::fmt::Display;

use ch02_concepts::fields::{Dialect, Limits, Parser, cookies};

// ANCHOR: show
fn show(dialect: Dialect, bytes: &[u8]) {
    let mut parser = Parser::new(dialect, Limits::default());
    match parser.parse(bytes) {
        Ok(None) => println!("{dialect:?}: not whole yet"),
        Err(error) => println!("{dialect:?}: refused, {error}"),
        Ok(Some(fields)) => {
            for field in fields.iter() {
                let value = field.value();
                println!("{dialect:?}: {} is {}", field.name, text(&value));
            }
        }
    }
}
// ANCHOR_END: show

// ANCHOR: look_up
/// Reads a section that comes byte by byte, and looks things up in it.
fn look_up(bytes: &[u8]) {
    let mut parser = Parser::new(Dialect::Http, Limits::default());
    // A buffer that grows, as reads would make it grow.
    let mut grown = (1..=bytes.len()).map(|len| &bytes[..len]);
    let whole =
        grown.find_map(|buffer| parser.parse(buffer).expect("a good section"));
    let fields = whole.expect("it ends with an empty line");

    println!("\n{} of {} bytes", fields.len(), bytes.len());
    for name in ["host", "accept", "te"] {
        match fields.only(name) {
            Ok(Some(field)) => println!("{name}: {}", text(field.raw)),
            Ok(None) => println!("{name}: not there"),
            Err(error) => println!("{name}: {error}"),
        }
    }
    for field in fields.all("accept") {
        println!("one of them: {}", text(field.raw));
    }
    for cookie in fields.all("cookie").flat_map(|field| cookies(field.raw)) {
        match cookie {
            Ok(cookie) => println!("cookie {}: {}", cookie.name, cookie.value),
            Err(error) => println!("no cookie: {error}"),
        }
    }
}
// ANCHOR_END: look_up

fn text(bytes: &[u8]) -> impl Display {
    bytes.escape_ascii()
}

// ANCHOR: main
fn main() {
    for bytes in [
        &b"subject: one\r\n two\r\n\r\n"[..],
        b"Host: a.example\r\nHost : b.example\r\n\r\n",
        b"X: one\nHost: b.example\r\n\r\n",
        b"Accept: text/html\r\n",
    ] {
        println!("\"{}\"", text(bytes));
        show(Dialect::Mail, bytes);
        show(Dialect::Http, bytes);
    }
    look_up(
        b"HOST: a.example\r\n\
          accept: text/html\r\n\
          Cookie: sid=31d4; theme=dark; odd; sid=77\r\n\
          Accept: */*;q=0.1\r\n\
          \r\n\
          the body begins",
    );
}
// ANCHOR_END: main
