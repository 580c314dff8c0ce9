//! What Noise does with secrets once they are shared: the objects of section
//! 5 of its specification, under their names there.

use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::aead::{Aead, AeadError, Tag};
use crate::channel::{ChannelError, Suite};

/// A cipher and the number of its next message.
// ANCHOR: cipher_state
pub struct CipherState {
    suite: Suite,
    cipher: Box<dyn Aead>,
    next: u64,
}

impl CipherState {
    /// Encrypts `text` in place under the next number.
    ///
    /// # Errors
    /// [`ChannelError::Exhausted`].
    pub fn seal(
        &mut self,
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<Tag, ChannelError> {
        let number = self.next_number()?;
        self.cipher
            .seal(&(self.suite.nonce)(number), aad, text)
            .map_err(refused)
    }

    // ANCHOR_END: cipher_state

    /// Decrypts `text` in place if it is what came next.
    ///
    /// # Errors
    /// [`ChannelError::Refused`], [`ChannelError::Exhausted`].
    pub fn open(
        &mut self,
        aad: &[u8],
        text: &mut [u8],
        tag: &Tag,
    ) -> Result<(), ChannelError> {
        let number = self.next_number()?;
        self.cipher
            .open(&(self.suite.nonce)(number), aad, text, tag)
            .map_err(refused)
    }

    // ANCHOR: numbers
    /// Each number once; the last one is kept for `rekey`.
    fn next_number(&mut self) -> Result<u64, ChannelError> {
        if self.next == u64::MAX {
            return Err(ChannelError::Exhausted);
        }
        self.next += 1;
        Ok(self.next - 1)
    }

    /// Replaces the key by one that follows from it, and from which it does
    /// not follow (Noise, section 4.2).
    ///
    /// # Errors
    /// None that a key of this module could cause.
    pub fn rekey(&mut self) -> Result<(), ChannelError> {
        let mut key = Zeroizing::new([0; 32]);
        self.cipher
            .seal(&(self.suite.nonce)(u64::MAX), &[], &mut key[..])
            .map_err(refused)?;
        self.cipher = (self.suite.cipher)(&key);
        Ok(())
    }
    // ANCHOR_END: numbers

    fn new(suite: Suite, key: &Zeroizing<[u8; 32]>) -> Self {
        CipherState {
            suite,
            cipher: (suite.cipher)(key),
            next: 0,
        }
    }

    /// How many messages there were.
    pub fn count(&self) -> u64 {
        self.next
    }
}

/// Nothing on a channel is as long as a cipher's limit.
fn refused(_: AeadError) -> ChannelError {
    ChannelError::Refused
}

/// The chaining key `ck`, to which every shared secret is added, and the hash
/// `h` of everything said.
// ANCHOR: symmetric
pub struct SymmetricState {
    suite: Suite,
    ck: Zeroizing<[u8; 32]>,
    h: [u8; 32],
    cipher: Option<CipherState>,
}

impl SymmetricState {
    /// Adds a shared secret.
    pub fn mix_key(&mut self, secret: &[u8; 32]) {
        let (ck, key) = hkdf(&self.ck, secret);
        self.ck = ck;
        self.cipher = Some(CipherState::new(self.suite, &key));
    }

    /// Adds what was said.
    pub fn mix_hash(&mut self, data: &[u8]) {
        let hash = Sha256::new().chain_update(self.h).chain_update(data);
        self.h = hash.finalize().into();
    }

    /// Appends `text` to `out`: as it is while there is no key, and then
    /// encrypted, with all that was said before as associated data.
    ///
    /// # Errors
    /// [`ChannelError::Exhausted`].
    pub fn encrypt_and_hash(
        &mut self,
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        let start = out.len();
        out.extend_from_slice(text);
        if let Some(cipher) = &mut self.cipher {
            let tag = cipher.seal(&self.h, &mut out[start..])?;
            out.extend_from_slice(&tag);
        }
        self.mix_hash(&out[start..]);
        Ok(())
    }
    // ANCHOR_END: symmetric

    /// The counterpart of [`Self::encrypt_and_hash`].
    ///
    /// # Errors
    /// [`ChannelError::Refused`].
    pub fn decrypt_and_hash(
        &mut self,
        data: &[u8],
    ) -> Result<Vec<u8>, ChannelError> {
        let mut text = data.to_vec();
        if let Some(cipher) = &mut self.cipher {
            let (sealed, tag) =
                data.split_last_chunk().ok_or(ChannelError::Refused)?;
            text.truncate(sealed.len());
            cipher.open(&self.h, &mut text, tag)?;
        }
        self.mix_hash(data);
        Ok(text)
    }

    /// Before the first message.
    ///
    /// # Panics
    /// If the suite's name is longer than 32 bytes.
    pub fn new(suite: Suite, prologue: &[u8]) -> Self {
        // Both names have at most 32 bytes, and are filled up with zeros.
        let mut h = [0; 32];
        h[..suite.name.len()].copy_from_slice(suite.name.as_bytes());
        let mut state = SymmetricState {
            suite,
            ck: Zeroizing::new(h),
            h,
            cipher: None,
        };
        state.mix_hash(prologue);
        state
    }

    /// The ciphers of the two directions, the initiator's first.
    pub fn split(&self) -> (CipherState, CipherState) {
        let (one, two) = hkdf(&self.ck, &[]);
        (
            CipherState::new(self.suite, &one),
            CipherState::new(self.suite, &two),
        )
    }

    /// The hash of all that was said.
    pub fn hash(&self) -> [u8; 32] {
        self.h
    }
}

/// Two keys out of a key and a secret. Noise describes HKDF without a name
/// for its steps: `ck` is the salt, and there is no info
/// ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)).
// ANCHOR: hkdf
fn hkdf(
    ck: &[u8; 32],
    secret: &[u8],
) -> (Zeroizing<[u8; 32]>, Zeroizing<[u8; 32]>) {
    let mut both = Zeroizing::new([0; 64]);
    Hkdf::<Sha256>::new(Some(ck), secret)
        .expand(&[], &mut both[..])
        .expect("HKDF-SHA-256 gives up to 255 times 32 bytes");
    let (mut one, mut two) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    one.copy_from_slice(&both[..32]);
    two.copy_from_slice(&both[32..]);
    (one, two)
}
// ANCHOR_END: hkdf

#[cfg(test)]
mod tests {
    use super::*;

    fn cipher(next: u64) -> CipherState {
        let key = Zeroizing::new([5; 32]);
        let mut state = CipherState::new(Suite::AES_256_GCM, &key);
        state.next = next;
        state
    }

    #[test]
    fn the_last_number_is_not_used_and_none_comes_twice() {
        let mut state = cipher(u64::MAX - 1);
        assert!(state.seal(b"", &mut [0; 4]).is_ok());
        let error = state.seal(b"", &mut [0; 4]).unwrap_err();
        assert_eq!(error, ChannelError::Exhausted);
        let error = state.open(b"", &mut [0; 4], &[0; 16]).unwrap_err();
        assert_eq!(error, ChannelError::Exhausted);
    }

    #[test]
    fn a_new_key_keeps_the_number() {
        let (mut one, mut two) = (cipher(3), cipher(3));
        one.rekey().unwrap();
        let mut text = *b"text";
        let tag = one.seal(b"", &mut text).unwrap();
        assert_eq!(
            two.open(b"", &mut text.clone(), &tag),
            Err(ChannelError::Refused)
        );
        let mut two = cipher(3);
        two.rekey().unwrap();
        two.open(b"", &mut text, &tag).unwrap();
        assert_eq!(&text, b"text");
    }
}
