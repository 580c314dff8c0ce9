//! Long-lived key pairs and pins.

use std::fmt;

use subtle::{Choice, ConstantTimeEq};
use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

use crate::channel::ChannelError;
use crate::hex::hex;

/// A public key of X25519: whom one talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Whether this key is one of `pins`, in a time that does not tell which.
    pub fn is_one_of(&self, pins: &[PublicKey]) -> bool {
        let none = Choice::from(0);
        pins.iter()
            .fold(none, |found, pin| found | pin.0.ct_eq(&self.0))
            .into()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", hex(&self.0[..4]))
    }
}

/// A key pair. The secret half is zeroed when it is dropped, and cannot be
/// printed.
// ANCHOR: identity
pub struct Identity {
    secret: StaticSecret,
    public: PublicKey,
}

impl Identity {
    /// The key pair that 32 bytes of entropy make.
    pub fn from_entropy(entropy: &Zeroizing<[u8; 32]>) -> Self {
        let secret = StaticSecret::from(**entropy);
        let public = x25519_dalek::PublicKey::from(&secret);
        Identity {
            secret,
            public: PublicKey(public.to_bytes()),
        }
    }

    /// The half that others may know.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The secret that this key pair shares with `peer` (RFC 7748, section
    /// 6.1).
    ///
    /// # Errors
    /// [`ChannelError::WeakKey`].
    pub fn agree(
        &self,
        peer: &PublicKey,
    ) -> Result<Zeroizing<[u8; 32]>, ChannelError> {
        let shared = self.secret.diffie_hellman(&peer.0.into());
        // A key of small order makes zeros of any secret.
        if !shared.was_contributory() {
            return Err(ChannelError::WeakKey);
        }
        Ok(Zeroizing::new(shared.to_bytes()))
    }
}
// ANCHOR_END: identity

impl Clone for Identity {
    fn clone(&self) -> Self {
        Identity {
            secret: self.secret.clone(),
            public: self.public,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_compared_whole() {
        let keys = [PublicKey([1; 32]), PublicKey([2; 32])];
        let mut nearly = [2; 32];
        nearly[31] = 3;
        assert!(keys[1].is_one_of(&keys));
        assert!(!PublicKey(nearly).is_one_of(&keys));
        assert!(!keys[0].is_one_of(&[]));
    }

    #[test]
    fn a_key_of_small_order_is_refused() {
        let identity = Identity::from_entropy(&Zeroizing::new([7; 32]));
        for weak in [[0; 32], std::array::from_fn(|i| u8::from(i == 0))] {
            let shared = identity.agree(&PublicKey(weak));
            assert_eq!(shared.err(), Some(ChannelError::WeakKey));
        }
    }
}
