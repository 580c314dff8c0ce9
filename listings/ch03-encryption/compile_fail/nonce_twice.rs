//! A nonce that was used is gone.

use ch03_encryption::aead::Aes256Gcm;
use ch03_encryption::nonce::{Nonces, seal_once};

fn main() {
    let cipher = Aes256Gcm::new(b"an example, not a key: 32 bytes.");
    let mut nonces = Nonces::new(*b"host");
    let nonce = nonces.take().expect("the first of 2^64");
    let (mut one, mut two) = (*b"first", *b"second");
    let _ = seal_once(&cipher, nonce, b"", &mut one);
    let _ = seal_once(&cipher, nonce, b"", &mut two);
}
