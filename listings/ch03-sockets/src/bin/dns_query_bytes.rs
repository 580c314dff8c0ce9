//! A DNS query, field by field.

use std::error::Error;

use ch03_sockets::dns::{Message, Type};

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: fields
    let fields: &[(&[u8], &str)] = &[
        (&[0x2a, 0x2a], "id, repeated in the response"),
        (&[0x01, 0x00], "a query, opcode 0, recursion desired"),
        (&[0, 1], "one question"),
        (&[0, 0], "no answers"),
        (&[0, 0], "no authorities"),
        (&[0, 0], "no additionals"),
        (b"\x03www", "a label of 3 octets"),
        (b"\x07example", "a label of 7 octets"),
        (b"\x03com", "a label of 3 octets"),
        (&[0], "the root: the name ends"),
        (&[0, 1], "QTYPE A"),
        (&[0, 1], "QCLASS IN"),
    ];
    // ANCHOR_END: fields
    let mut query = Vec::new();
    for (octets, meaning) in fields {
        let at = query.len();
        println!("{at:3}  {:<24} {meaning}", hex(octets));
        query.extend_from_slice(octets);
    }
    println!("{} octets", query.len());

    let built = Message::query(0x2a2a, "www.example.com".parse()?, Type::A);
    println!(
        "Message::query writes the same: {}",
        built.encode()? == query
    );
    Ok(())
}

fn hex(octets: &[u8]) -> String {
    let digits: Vec<_> = octets.iter().map(|o| format!("{o:02x}")).collect();
    digits.join(" ")
}
