//! The bytes of a handshake and of the first records, as they cross the wire.

use std::error::Error;

use ch03_encryption::channel::{Channel, Config, Event, Identity, Role};
use ch03_encryption::hex::hex;
use zeroize::Zeroizing;

// ANCHOR: run
fn main() -> Result<(), Box<dyn Error>> {
    // Constants, so that the output stays; random in earnest.
    let [alice, bob] =
        [1, 2].map(|n| Identity::from_entropy(&Zeroizing::new([n; 32])));
    let end = |role, me: &Identity, pin: &Identity, entropy: u8| {
        let config = Config::new([pin.public()]);
        Channel::new(role, me, &config, Zeroizing::new([entropy; 32]))
    };
    let mut a = end(Role::Initiator, &alice, &bob, 3)?;
    let mut b = end(Role::Responder, &bob, &alice, 4)?;

    println!("handshake");
    carry("→", &mut a, &mut b)?;
    carry("←", &mut b, &mut a)?;
    carry("→", &mut a, &mut b)?;
    println!("records");
    a.send(b"hello").and_then(|()| a.send(b"hello"))?;
    a.close()?;
    carry("→", &mut a, &mut b)?;
    Ok(())
}

/// Shows what one end has to send, and gives it to the other.
fn carry(
    arrow: &str,
    from: &mut Channel,
    to: &mut Channel,
) -> Result<(), Box<dyn Error>> {
    let bytes = from.outgoing().split();
    show(arrow, &bytes);
    to.incoming().extend_from_slice(&bytes);
    while let Some(event) = to.poll()? {
        match event {
            Event::Established(peer) => println!("  it is {peer}"),
            Event::Message(text) => println!("  message {text:?}"),
            Event::Closed => println!("  closed"),
        }
    }
    Ok(())
}
// ANCHOR_END: run

/// Each frame: its length, and how it begins.
fn show(arrow: &str, mut bytes: &[u8]) {
    while let Some((prefix, rest)) = bytes.split_first_chunk() {
        let len = u32::from_be_bytes(*prefix) as usize;
        let (frame, rest) = rest.split_at(len);
        let begin = hex(&frame[..8]);
        println!("{arrow} {} {begin}… {len} bytes", hex(prefix));
        bytes = rest;
    }
}
