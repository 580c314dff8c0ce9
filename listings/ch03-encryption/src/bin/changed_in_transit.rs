//! AES-256 in counter mode, and somebody on the way who has no key.

use ch03_encryption::modes::ctr;

// ANCHOR: all
fn main() {
    // Known to the two ends alone. (A constant here; random in earnest.)
    let key = *b"an example, not a key: 32 bytes.";
    let counter = [0; 16];

    let mut message = *b"PAY 0100 EUR TO BOB";
    ctr(&key, &counter, &mut message);

    // On the way. Whoever sits here knows the form of the messages.
    message[4] ^= b'0' ^ b'9';

    ctr(&key, &counter, &mut message);
    println!("received: {}", String::from_utf8_lossy(&message));
}
// ANCHOR_END: all
