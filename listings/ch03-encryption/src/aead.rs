//! Authenticated encryption with associated data
//! ([RFC 5116](https://www.rfc-editor.org/rfc/rfc5116)), behind one trait.
//!
//! Both ciphers take a key of 32 bytes, a nonce of 12 and make a tag of 16.
//! Each comes from two libraries: RustCrypto, in Rust, and, with the feature
//! `ring`, from BoringSSL's assembly by way of [`ring`](https://docs.rs/ring).

use std::error::Error;
use std::fmt;

pub use crate::rust_crypto::{Aes256Gcm, ChaCha20Poly1305, RustCrypto};
#[cfg(feature = "ring")]
pub use crate::with_ring::Ring;

/// A key: 32 secret bytes, all of them random or derived.
pub type Key = [u8; 32];
/// A number used once with a key.
pub type Nonce = [u8; 12];
/// What proves that text and associated data came from a holder of the key.
pub type Tag = [u8; 16];

/// A cipher with its key.
///
/// Implementations overwrite their key with zeros when they are dropped where
/// their library does, and have no `Debug`.
// ANCHOR: aead
pub trait Aead: Send {
    /// Encrypts `text` in place, and returns the tag over it and over `aad`,
    /// which stays as it is.
    ///
    /// Under one key, no `nonce` may ever come twice.
    ///
    /// # Errors
    /// [`AeadError::TooLong`].
    fn seal(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<Tag, AeadError>;

    /// Decrypts `text` in place if `tag` is the one that belongs to it, to
    /// `aad` and to `nonce`.
    ///
    /// # Errors
    /// [`AeadError::Refused`]; what `text` holds then is of no use.
    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
        tag: &Tag,
    ) -> Result<(), AeadError>;
}
// ANCHOR_END: aead

/// Why a cipher did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AeadError {
    /// More text or associated data than the cipher may take at a time: 64
    /// GiB less 32 bytes of text for GCM, 256 GiB less 64 for ChaCha20.
    TooLong,
    /// Key, nonce, associated data, text and tag do not belong together. It
    /// cannot be known which of them is wrong, and nobody should be told.
    Refused,
}

impl fmt::Display for AeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AeadError::TooLong => "too long for one message of this cipher",
            AeadError::Refused => "refused",
        })
    }
}

impl Error for AeadError {}
