//! Which cipher, by which library, and how Noise calls it.

use std::fmt;

use crate::aead::{Aead, Aes256Gcm, ChaCha20Poly1305, Key, Nonce};

/// A cipher of the channel. Both ends need the same cipher; the library does
/// not matter.
#[derive(Clone, Copy)]
pub struct Suite {
    /// The whole protocol's name, which the handshake begins with (Noise,
    /// section 8); at most 32 bytes.
    pub name: &'static str,
    /// A record's number as a nonce (Noise, section 12).
    pub nonce: fn(u64) -> Nonce,
    /// The cipher with a key.
    pub cipher: fn(&Key) -> Box<dyn Aead>,
}

const CHACHA: &str = "Noise_XX_25519_ChaChaPoly_SHA256";
const GCM: &str = "Noise_XX_25519_AESGCM_SHA256";

impl Suite {
    /// ChaCha20-Poly1305 by RustCrypto.
    pub const CHACHA20_POLY1305: Suite = Suite {
        name: CHACHA,
        nonce: little_endian,
        cipher: |key| Box::new(ChaCha20Poly1305::new(key)),
    };

    /// AES-256-GCM by RustCrypto.
    pub const AES_256_GCM: Suite = Suite {
        name: GCM,
        nonce: big_endian,
        cipher: |key| Box::new(Aes256Gcm::new(key)),
    };

    /// ChaCha20-Poly1305 by ring.
    #[cfg(feature = "ring")]
    pub const RING_CHACHA20_POLY1305: Suite = Suite {
        name: CHACHA,
        nonce: little_endian,
        cipher: |key| Box::new(crate::aead::Ring::chacha20_poly1305(key)),
    };

    /// AES-256-GCM by ring.
    #[cfg(feature = "ring")]
    pub const RING_AES_256_GCM: Suite = Suite {
        name: GCM,
        nonce: big_endian,
        cipher: |key| Box::new(crate::aead::Ring::aes_256_gcm(key)),
    };
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

fn little_endian(number: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_le_bytes());
    nonce
}

fn big_endian(number: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    nonce
}
