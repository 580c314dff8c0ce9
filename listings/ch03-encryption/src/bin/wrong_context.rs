//! A database of encrypted values, and an administrator who moves one.

use std::collections::BTreeMap;

use ch03_encryption::aead::{Aead, Aes256Gcm};
use ch03_encryption::nonce::{Nonces, seal_once};

/// Nonce, encrypted text, tag.
type Sealed = ([u8; 12], Vec<u8>, [u8; 16]);

fn main() {
    for bound in [false, true] {
        println!("row as associated data: {bound}");
        let cipher = Aes256Gcm::new(b"an example, not a key: 32 bytes.");
        let mut rows = salaries(&cipher, bound);

        // No key is needed for this.
        let manager = rows["manager"].clone();
        rows.insert("mallory", manager);

        for (name, row) in &rows {
            println!("  {name}: {}", read(&cipher, bound, name, row));
        }
    }
}

// ANCHOR: write
fn salaries(cipher: &Aes256Gcm, bound: bool) -> BTreeMap<&str, Sealed> {
    let mut nonces = Nonces::new(*b"pay1");
    let mut rows = BTreeMap::new();
    for (name, salary) in [("mallory", "2900"), ("manager", "9400")] {
        let nonce = nonces.take().expect("two are not 2^64");
        let bytes = nonce.bytes();
        let mut text = salary.as_bytes().to_vec();
        let tag = seal_once(cipher, nonce, context(bound, name), &mut text)
            .expect("four bytes are not too many");
        rows.insert(name, (bytes, text, tag));
    }
    rows
}

/// Where the value belongs: not secret, and not stored, for the reader knows.
fn context(bound: bool, name: &str) -> &[u8] {
    if bound { name.as_bytes() } else { b"" }
}
// ANCHOR_END: write

fn read(cipher: &Aes256Gcm, bound: bool, name: &str, row: &Sealed) -> String {
    let (nonce, text, tag) = row;
    let mut text = text.clone();
    match cipher.open(nonce, context(bound, name), &mut text, tag) {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => error.to_string(),
    }
}
