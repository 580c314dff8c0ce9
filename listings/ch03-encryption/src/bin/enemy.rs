//! What somebody between the two ends can try, and what comes of it.

use std::error::Error;

use ch03_encryption::channel::{Channel, Config, Event, Identity, Role};
use zeroize::Zeroizing;

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: attacks
    attack("nothing", |records| records.concat())?;
    attack("flips a bit", |mut records| {
        records[1][6] ^= 1;
        records.concat()
    })?;
    attack("repeats one", |mut records| {
        let again = records[1].clone();
        records.insert(1, again);
        records.concat()
    })?;
    attack("swaps two", |mut records| {
        records.swap(0, 1);
        records.concat()
    })?;
    attack("leaves one out", |mut records| {
        records.remove(0);
        records.concat()
    })?;
    attack("cuts off the last", |records| records[..1].concat())?;
    attack("cuts off the close", |records| records[..2].concat())?;
    // ANCHOR_END: attacks
    Ok(())
}

// ANCHOR: attack
/// Alice sends two messages and closes, in three records.
fn attack(
    name: &str,
    change: impl FnOnce(Vec<Vec<u8>>) -> Vec<u8>,
) -> Result<(), Box<dyn Error>> {
    let (mut alice, mut bob) = open()?;
    let mut records = Vec::new();
    for text in [&b"pay 10"[..], b"pay 20"] {
        alice.send(text)?;
        records.push(alice.outgoing().split().to_vec());
    }
    alice.close()?;
    records.push(alice.outgoing().split().to_vec());

    bob.incoming().extend_from_slice(&change(records));
    let mut told = Vec::new();
    let end = loop {
        match bob.poll() {
            Ok(Some(Event::Message(text))) => {
                told.push(String::from_utf8_lossy(&text).into_owned());
            }
            Ok(Some(_)) => {}
            // No more bytes: the transport ends here.
            Ok(None) => break bob.end(),
            Err(error) => break Err(error),
        }
    };
    let end = end.map_or_else(|e| e.to_string(), |()| "closed".into());
    println!("{name:<19} {:<15} {end}", told.join(", "));
    Ok(())
}
// ANCHOR_END: attack

/// Two ends, after their handshake.
fn open() -> Result<(Channel, Channel), Box<dyn Error>> {
    // Constants, so that every run is the same.
    let [alice, bob] =
        [1, 2].map(|n| Identity::from_entropy(&Zeroizing::new([n; 32])));
    let end = |role, me: &Identity, pin: &Identity, entropy: u8| {
        let config = Config::new([pin.public()]);
        Channel::new(role, me, &config, Zeroizing::new([entropy; 32]))
    };
    let mut a = end(Role::Initiator, &alice, &bob, 3)?;
    let mut b = end(Role::Responder, &bob, &alice, 4)?;
    for _ in 0..2 {
        b.incoming().extend_from_slice(&a.outgoing().split());
        b.poll()?;
        a.incoming().extend_from_slice(&b.outgoing().split());
        a.poll()?;
    }
    Ok((a, b))
}
