//! The ciphers of the RustCrypto project.

use aes_gcm::KeyInit;
use aes_gcm::aead::consts::{U12, U16, U32};
use aes_gcm::aead::{AeadCore, AeadInOut, KeySizeUser};

use crate::aead::{Aead, AeadError, Key, Nonce, Tag};

/// A cipher of RustCrypto. The key is zeroed on drop.
pub struct RustCrypto<C>(C);

/// AES-256-GCM in Rust: with the processor's instructions for AES where it
/// has them, else in software of constant time.
pub type Aes256Gcm = RustCrypto<aes_gcm::Aes256Gcm>;

/// ChaCha20-Poly1305 ([RFC 8439](https://www.rfc-editor.org/rfc/rfc8439)) in
/// Rust.
pub type ChaCha20Poly1305 = RustCrypto<chacha20poly1305::ChaCha20Poly1305>;

impl<C: KeyInit + KeySizeUser<KeySize = U32>> RustCrypto<C> {
    /// The cipher with `key`.
    pub fn new(key: &Key) -> Self {
        RustCrypto(C::new(key.into()))
    }
}

// ANCHOR: impl
impl<C> Aead for RustCrypto<C>
where
    C: AeadInOut + AeadCore<NonceSize = U12, TagSize = U16> + Send,
{
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
