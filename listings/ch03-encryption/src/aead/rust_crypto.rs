//! The ciphers of the RustCrypto project.

use aes_gcm::KeyInit;
use aes_gcm::aead::AeadInOut;

use super::{Aead, AeadError, Key, Nonce, Tag};

/// AES-256-GCM in Rust: with the processor's instructions for AES where it
/// has them, else in software of constant time. The key is zeroed on drop.
pub struct Aes256Gcm(aes_gcm::Aes256Gcm);

impl Aes256Gcm {
    /// The cipher with `key`.
    pub fn new(key: &Key) -> Self {
        Aes256Gcm(aes_gcm::Aes256Gcm::new(key.into()))
    }
}

/// ChaCha20-Poly1305 ([RFC 8439](https://www.rfc-editor.org/rfc/rfc8439)) in
/// Rust. The key is zeroed on drop.
pub struct ChaCha20Poly1305(chacha20poly1305::ChaCha20Poly1305);

impl ChaCha20Poly1305 {
    /// The cipher with `key`.
    pub fn new(key: &Key) -> Self {
        ChaCha20Poly1305(chacha20poly1305::ChaCha20Poly1305::new(key.into()))
    }
}

// ANCHOR: impl
impl Aead for Aes256Gcm {
    fn seal(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<Tag, AeadError> {
        self.0
            .encrypt_inout_detached(nonce.into(), aad, text.into())
            .map(Into::into)
            .map_err(|_| AeadError::TooLong)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
        tag: &Tag,
    ) -> Result<(), AeadError> {
        self.0
            .decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into())
            .map_err(|_| AeadError::Refused)
    }
}
// ANCHOR_END: impl

impl Aead for ChaCha20Poly1305 {
    fn seal(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<Tag, AeadError> {
        self.0
            .encrypt_inout_detached(nonce.into(), aad, text.into())
            .map(Into::into)
            .map_err(|_| AeadError::TooLong)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
        tag: &Tag,
    ) -> Result<(), AeadError> {
        self.0
            .decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into())
            .map_err(|_| AeadError::Refused)
    }
}
