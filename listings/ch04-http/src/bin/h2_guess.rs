//! A secret found by the length of what is sent, and a secret that is not.

use bytes::BytesMut;
use ch04_http::h2::hpack::{Encoder, Field};

/// What a gateway sends to the origin on one connection: the victim's
/// request, and then the attacker's, who sees how long it is.
// ANCHOR: exchange
fn attackers_octets(secret: &Field, guess: &Field) -> usize {
    let mut gateway = Encoder::new();
    gateway.encode([secret], &mut BytesMut::new());
    let mut block = BytesMut::new();
    gateway.encode([guess], &mut block);
    block.len()
}
// ANCHOR_END: exchange

/// How long the guess is where there is no secret.
fn alone(guess: &Field) -> usize {
    let mut block = BytesMut::new();
    Encoder::new().encode([guess], &mut block);
    block.len()
}

fn main() {
    // ANCHOR: attack
    for secret in [
        Field::new("authorization", "PIN 7351"),
        Field::secret("authorization", "PIN 7351"),
    ] {
        let mut shorter = Vec::new();
        for pin in 0..10_000 {
            let value = format!("PIN {pin:04}");
            let guess = Field::new("authorization", value.clone());
            let length = attackers_octets(&secret, &guess);
            if length < alone(&guess) {
                shorter.push(format!("{value:?}, {length} octet"));
            }
        }
        let never = if secret.sensitive { "never " } else { "" };
        println!("{never}indexed: 10000 guesses, {} shorter", shorter.len());
        for guess in shorter {
            println!("  {guess}");
        }
    }
    // ANCHOR_END: attack
}
