//! An AEAD refuses whatever was changed: each bit of each part, tried.

use ch03_encryption::aead::{Aead, AeadError, Aes256Gcm, ChaCha20Poly1305};

// ANCHOR: seal
fn main() {
    let key = *b"an example, not a key: 32 bytes.";
    try_all("AES-256-GCM", &Aes256Gcm::new(&key));
    try_all("ChaCha20-Poly1305", &ChaCha20Poly1305::new(&key));
}

fn try_all(name: &str, cipher: &dyn Aead) {
    let nonce = [0; 12];
    let aad = *b"account 7";
    let mut text = *b"PAY 0100 EUR TO BOB";
    let tag = cipher
        .seal(&nonce, &aad, &mut text)
        .expect("19 bytes are not too many");
    println!("{name}");
    // ANCHOR_END: seal

    // ANCHOR: flip
    let sent = [&nonce[..], &aad, &text, &tag].concat();
    let mut refused = 0;
    for bit in 0..8 * sent.len() {
        let mut changed = sent.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        if open(cipher, &changed) == Err(AeadError::Refused) {
            refused += 1;
        }
    }
    println!("  {refused} of {} changes refused", 8 * sent.len());
    let opened = open(cipher, &sent);
    println!("  unchanged: {opened:?}");
    // ANCHOR_END: flip
}

/// Takes apart what was sent, and opens it.
fn open(cipher: &dyn Aead, sent: &[u8]) -> Result<String, AeadError> {
    let (nonce, rest) = sent.split_first_chunk().expect("12 bytes");
    let (aad, rest) = rest.split_at(9);
    let (text, tag) = rest.split_last_chunk().expect("16 bytes");
    let mut text = text.to_vec();
    cipher.open(nonce, aad, &mut text, tag)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
