//! One nonce used twice under AES-GCM, and forged messages from then on.

use ch03_encryption::aead::{Aead, Aes256Gcm, Nonce};
use ch03_encryption::forgery::{Intercepted, forge, hash_key, mask, replace};
use ch03_encryption::hex::hex;

/// The bank. Its key does not leave it.
struct Bank(Aes256Gcm);

impl Bank {
    fn send(&self, nonce: &Nonce, text: &[u8; 16]) -> Intercepted {
        let mut text = *text;
        let tag = self.0.seal(nonce, b"", &mut text).expect("short");
        Intercepted { text, tag }
    }

    fn receive(&self, nonce: &Nonce, message: &Intercepted) -> String {
        let mut text = message.text;
        match self.0.open(nonce, b"", &mut text, &message.tag) {
            Ok(()) => format!("accepted: {}", String::from_utf8_lossy(&text)),
            Err(error) => error.to_string(),
        }
    }
}

fn main() {
    let bank = Bank(Aes256Gcm::new(b"an example, not a key: 32 bytes."));

    // ANCHOR: repeated
    let known = *b"PAY BOB    7 EUR";
    let one = bank.send(&[1; 12], &known);
    let two = bank.send(&[1; 12], b"PAY ANN  250 EUR");

    // The enemy has both as they crossed the wire, and knows the first text.
    let h = hash_key(&one, &two).expect("two different messages");
    let e = mask(h, b"", &one.text, one.tag);
    let text = replace(&one.text, &known, b"PAY EVE 9999 EUR");
    let tag = forge(h, e, b"", &text);
    println!("H is {}", hex(&<[u8; 16]>::from(h)));
    let forged = Intercepted { text, tag };
    println!("{}", bank.receive(&[1; 12], &forged));
    // ANCHOR_END: repeated

    // ANCHOR: fresh
    // Later, under a nonce that was never used before or after.
    let later = bank.send(&[2; 12], b"PAY BOB   80 EUR");
    let e = mask(h, b"", &later.text, later.tag);
    let text = replace(&later.text, b"    BOB         ", b"    EVE         ");
    let tag = forge(h, e, b"", &text);
    println!("{}", bank.receive(&[2; 12], &Intercepted { text, tag }));
    // ANCHOR_END: fresh
}
