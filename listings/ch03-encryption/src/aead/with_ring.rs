//! The ciphers of ring.

use ring::aead::{self, Aad, LessSafeKey, UnboundKey};

use super::{Aead, AeadError, Key, Nonce, Tag};

/// AES-256-GCM by ring. It does not zero the key when it is dropped.
pub struct RingAes256Gcm(LessSafeKey);

impl RingAes256Gcm {
    /// The cipher with `key`.
    pub fn new(key: &Key) -> Self {
        RingAes256Gcm(new_key(&aead::AES_256_GCM, key))
    }
}

/// ChaCha20-Poly1305 by ring. It does not zero the key when it is dropped.
pub struct RingChaCha20Poly1305(LessSafeKey);

impl RingChaCha20Poly1305 {
    /// The cipher with `key`.
    pub fn new(key: &Key) -> Self {
        RingChaCha20Poly1305(new_key(&aead::CHACHA20_POLY1305, key))
    }
}

fn new_key(algorithm: &'static aead::Algorithm, key: &Key) -> LessSafeKey {
    let key = UnboundKey::new(algorithm, key).expect("both take 32 bytes");
    LessSafeKey::new(key)
}

fn seal(
    key: &LessSafeKey,
    nonce: &Nonce,
    aad: &[u8],
    text: &mut [u8],
) -> Result<Tag, AeadError> {
    let nonce = aead::Nonce::assume_unique_for_key(*nonce);
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::from(aad), text)
        .map_err(|_| AeadError::TooLong)?;
    Ok(tag.as_ref().try_into().expect("both make 16 bytes"))
}

fn open(
    key: &LessSafeKey,
    nonce: &Nonce,
    aad: &[u8],
    text: &mut [u8],
    tag: &Tag,
) -> Result<(), AeadError> {
    let nonce = aead::Nonce::assume_unique_for_key(*nonce);
    key.open_in_place_separate_tag(
        nonce,
        Aad::from(aad),
        (*tag).into(),
        text,
        0..,
    )
    .map(|_| ())
    .map_err(|_| AeadError::Refused)
}

impl Aead for RingAes256Gcm {
    fn seal(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<Tag, AeadError> {
        seal(&self.0, nonce, aad, text)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
        tag: &Tag,
    ) -> Result<(), AeadError> {
        open(&self.0, nonce, aad, text, tag)
    }
}

impl Aead for RingChaCha20Poly1305 {
    fn seal(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<Tag, AeadError> {
        seal(&self.0, nonce, aad, text)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
        tag: &Tag,
    ) -> Result<(), AeadError> {
        open(&self.0, nonce, aad, text, tag)
    }
}
