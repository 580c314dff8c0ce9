//! What both ends agree on beforehand.

use crate::channel::{PublicKey, Suite};

/// Which end of the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sends the first message: the client.
    Initiator,
    /// Answers: the server.
    Responder,
}

/// What both ends have agreed on before, and whom this end trusts.
///
/// Everything but the pins is part of the handshake: ends that differ in it
/// do not understand each other.
#[derive(Debug, Clone)]
pub struct Config {
    /// The cipher, and who computes it.
    pub suite: Suite,
    /// The public keys of acceptable peers.
    pub pins: Vec<PublicKey>,
    /// What the channel is for, such as a protocol's name and version.
    pub context: Vec<u8>,
    /// After how many records of a direction its key is replaced; at least
    /// 1, or the channel will not open.
    pub rekey_after: u64,
}

impl Config {
    /// Trusts `pins`, uses ChaCha20-Poly1305, and replaces keys after 2¹⁶
    /// records, a gibibyte at most.
    pub fn new(pins: impl Into<Vec<PublicKey>>) -> Self {
        Config {
            suite: Suite::CHACHA20_POLY1305,
            pins: pins.into(),
            context: Vec::new(),
            rekey_after: 1 << 16,
        }
    }

    /// What both ends mix into the handshake before its first message.
    pub fn prologue(&self) -> Vec<u8> {
        let mut bytes = b"network-programming-in-rust channel 1".to_vec();
        bytes.extend(self.rekey_after.to_be_bytes());
        bytes.extend(&self.context);
        bytes
    }
}
