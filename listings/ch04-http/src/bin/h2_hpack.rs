//! The parts of HPACK: integers, strings, and a table that is too small.

use std::error::Error;

use bytes::BytesMut;
use ch04_http::h2::dissect::step_text;
use ch04_http::h2::hpack::{
    DEFAULT_LIST, Decoder, Encoder, Field, decode_integer, encode_integer,
    huffman,
};

fn hex(octets: &[u8]) -> String {
    let digits: Vec<_> = octets.iter().map(|o| format!("{o:02x}")).collect();
    digits.join(" ")
}

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: integers
    println!("integers with a prefix of 5 bits");
    for value in [10, 30, 31, 1337, u32::MAX] {
        let mut octets = BytesMut::new();
        encode_integer(value, 5, 0, &mut octets);
        println!("  {value:10}  {}", hex(&octets));
    }
    for octets in [&[0x1f, 0x9a][..], &[0x1f, 0xff, 0xff, 0xff, 0xff, 0xff]] {
        let error = decode_integer(&mut &octets[..], 5);
        let error = error.err().ok_or("it was taken")?;
        println!("  {}: {error}", hex(octets));
    }
    // ANCHOR_END: integers

    // ANCHOR: strings
    println!("strings");
    for text in ["no-cache", "XYZ~"] {
        let mut code = BytesMut::new();
        huffman::encode(text.as_bytes(), &mut code);
        let (from, to) = (text.len(), code.len());
        println!(
            "  {text}: {from} octets, as Huffman code {to}: {}",
            hex(&code)
        );
    }
    // ANCHOR_END: strings

    // ANCHOR: table
    println!("a table of 128 octets");
    let mut encoder = Encoder::new();
    let mut decoder = Decoder::new(DEFAULT_LIST);
    encoder.set_table(128);
    for (name, value) in [
        ("etag", "one"),
        ("etag", "two"),
        ("vary", "origin"),
        ("etag", "four"),
        ("etag", "one"),
    ] {
        let mut block = BytesMut::new();
        encoder.encode([&Field::new(name, value)], &mut block);
        decoder.steps(&block, |step| {
            let octets = hex(&block[step.octets.clone()]);
            println!("  {octets:<20}  {}", step_text(&step));
        })?;
        let table = decoder.table();
        let entries: Vec<_> = (62..)
            .zip(table.entries())
            .map(|(at, (_, value))| format!("{at} {}", value.escape_ascii()))
            .collect();
        println!("{:24}table: {} ({})", "", entries.join(", "), table.size());
    }
    // ANCHOR_END: table
    Ok(())
}
