//! A counter that begins anew after a restart, and who reads along.

use ch03_encryption::aead::{Aead, Aes256Gcm, ChaCha20Poly1305};

// ANCHOR: service
/// Sends its messages under the nonces 0, 1, 2, …, and forgets at each start
/// where it was.
struct Service<'a> {
    cipher: &'a dyn Aead,
    sent: u32,
}

impl Service<'_> {
    fn send(&mut self, text: &str) -> Vec<u8> {
        let mut nonce = [0; 12];
        nonce[8..].copy_from_slice(&self.sent.to_be_bytes());
        self.sent += 1;
        let mut text = text.as_bytes().to_vec();
        let tag = self.cipher.seal(&nonce, b"", &mut text);
        tag.expect("short");
        text
    }
}
// ANCHOR_END: service

fn main() {
    let key = *b"an example, not a key: 32 bytes.";
    attack("AES-256-GCM", &Aes256Gcm::new(&key));
    attack("ChaCha20-Poly1305", &ChaCha20Poly1305::new(&key));
}

// ANCHOR: attack
fn attack(name: &str, cipher: &dyn Aead) {
    let public = "service 4.2 started, all checks passed";
    let first = Service { cipher, sent: 0 }.send(public);
    // The service restarts.
    let second = Service { cipher, sent: 0 }.send("the door code is 7351");

    // No key from here on: two ciphertexts, and a text that is public.
    let read: Vec<u8> = first
        .iter()
        .zip(&second)
        .zip(public.as_bytes())
        .map(|((one, two), known)| one ^ two ^ known)
        .collect();
    println!("{name}: {}", String::from_utf8_lossy(&read));
}
// ANCHOR_END: attack
