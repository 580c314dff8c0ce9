//! The ciphers of ring.

use ring::aead::{self, Aad, LessSafeKey, UnboundKey};

use crate::aead::{Aead, AeadError, Key, Nonce, Tag};

/// A cipher of ring. It does not zero the key when it is dropped.
pub struct Ring(LessSafeKey);

impl Ring {
    /// AES-256-GCM with `key`.
    pub fn aes_256_gcm(key: &Key) -> Self {
        Ring::new(&aead::AES_256_GCM, key)
    }

    /// ChaCha20-Poly1305 with `key`.
    pub fn chacha20_poly1305(key: &Key) -> Self {
        Ring::new(&aead::CHACHA20_POLY1305, key)
    }

    fn new(algorithm: &'static aead::Algorithm, key: &Key) -> Self {
        let key = UnboundKey::new(algorithm, key);
        Ring(LessSafeKey::new(key.expect("both take 32 bytes")))
    }
}

impl Aead for Ring {
    fn seal(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<Tag, AeadError> {
        let nonce = aead::Nonce::assume_unique_for_key(*nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(aad), text)
            .map_err(|_| AeadError::TooLong)?;
        Ok(tag.as_ref().try_into().expect("both make 16 bytes"))
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
        tag: &Tag,
    ) -> Result<(), AeadError> {
        let nonce = aead::Nonce::assume_unique_for_key(*nonce);
        let (aad, tag) = (Aad::from(aad), (*tag).into());
        self.0
            .open_in_place_separate_tag(nonce, aad, tag, text, 0..)
            .map(|_| ())
            .map_err(|_| AeadError::Refused)
    }
}
