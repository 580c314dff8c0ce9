//! Nonces that are used once: a counter that cannot be turned back.

use std::error::Error;
use std::fmt;

use crate::aead::{self, Aead, AeadError, Tag};

/// A nonce that nobody else has. It can be neither copied nor cloned: sealing
/// takes it away.
// ANCHOR: once
pub struct Once(aead::Nonce);

/// Hands out 2⁶⁴ nonces, each once: four bytes that name the sender, and a
/// counter ([RFC 5116, section 3.2]).
///
/// [RFC 5116, section 3.2]: https://www.rfc-editor.org/rfc/rfc5116#section-3.2
pub struct Nonces {
    sender: [u8; 4],
    next: Option<u64>,
}

impl Nonces {
    /// The next nonce.
    ///
    /// # Errors
    /// [`Exhausted`] after the last: the counter does not begin anew.
    pub fn take(&mut self) -> Result<Once, Exhausted> {
        let count = self.next.ok_or(Exhausted)?;
        self.next = count.checked_add(1);
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&self.sender);
        nonce[4..].copy_from_slice(&count.to_be_bytes());
        Ok(Once(nonce))
    }
}

/// Encrypts `text` in place under a nonce that is then gone.
///
/// # Errors
/// Those of [`Aead::seal`].
pub fn seal_once(
    cipher: &dyn Aead,
    nonce: Once,
    aad: &[u8],
    text: &mut [u8],
) -> Result<Tag, AeadError> {
    cipher.seal(&nonce.0, aad, text)
}
// ANCHOR_END: once

impl Nonces {
    /// The nonces of `sender`, from the first. Two senders under one key need
    /// two names; one sender needs a new key after a restart.
    pub fn new(sender: [u8; 4]) -> Self {
        Nonces {
            sender,
            next: Some(0),
        }
    }
}

impl Once {
    /// The nonce's bytes, to send along: a nonce is not secret.
    pub fn bytes(&self) -> aead::Nonce {
        self.0
    }
}

/// Every nonce of this key has been used: it takes a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no nonce left under this key")
    }
}

impl Error for Exhausted {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_differ_by_sender_and_by_count() {
        let (mut a, mut b) = (Nonces::new(*b"aaaa"), Nonces::new(*b"bbbb"));
        let [first, second] = [a.take(), a.take()].map(|n| n.unwrap().0);
        assert_eq!(first, *b"aaaa\0\0\0\0\0\0\0\0");
        assert_eq!(second, *b"aaaa\0\0\0\0\0\0\0\x01");
        assert_ne!(first, b.take().unwrap().0);
    }

    #[test]
    fn after_the_last_there_is_none() {
        let mut nonces = Nonces::new(*b"last");
        nonces.next = Some(u64::MAX);
        assert_eq!(nonces.take().unwrap().0[4..], [0xff; 8]);
        assert_eq!(nonces.take().map(|_| ()), Err(Exhausted));
        assert_eq!(nonces.take().map(|_| ()), Err(Exhausted));
    }
}
