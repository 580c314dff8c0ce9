//! The pattern XX, token by token (Noise, sections 5.3 and 7.5).

use zeroize::Zeroizing;

use crate::channel::record::Records;
use crate::channel::symmetric::SymmetricState;
use crate::channel::{ChannelError, Config, Identity, PublicKey, Role};

/// What a message of a handshake consists of.
#[derive(Debug, Clone, Copy)]
enum Token {
    /// The public key made for this session.
    E,
    /// The long-lived public key, encrypted.
    S,
    /// A secret shared by the two session keys.
    Ee,
    /// One by the initiator's session key and the responder's long-lived one.
    Es,
    /// One by the initiator's long-lived key and the responder's session key.
    Se,
}

/// The three messages, the initiator's first, and their lengths in bytes.
// ANCHOR: pattern
const XX: [(&[Token], usize); 3] = {
    use Token::{E, Ee, Es, S, Se};
    [
        (&[E], 32),
        (&[E, Ee, S, Es], 32 + (32 + 16) + 16),
        (&[S, Se], (32 + 16) + 16),
    ]
};
// ANCHOR_END: pattern

/// One end's part of a handshake.
pub struct Handshake {
    role: Role,
    symmetric: SymmetricState,
    s: Identity,
    e: Identity,
    rs: Option<PublicKey>,
    re: Option<PublicKey>,
    /// How many messages are done.
    done: usize,
    pins: Vec<PublicKey>,
    rekey_after: u64,
}

impl Handshake {
    /// Before the first message. `entropy` makes the session key.
    pub fn new(
        role: Role,
        identity: &Identity,
        config: &Config,
        entropy: Zeroizing<[u8; 32]>,
    ) -> Self {
        Handshake {
            role,
            symmetric: SymmetricState::new(config.suite, &config.prologue()),
            s: identity.clone(),
            e: Identity::from_entropy(&entropy),
            rs: None,
            re: None,
            done: 0,
            pins: config.pins.clone(),
            rekey_after: config.rekey_after,
        }
    }

    /// Whether this end writes the next message.
    pub fn is_our_turn(&self) -> bool {
        let initiators = self.done.is_multiple_of(2);
        self.done < XX.len() && initiators == (self.role == Role::Initiator)
    }

    /// The length of the message that comes next, in bytes.
    pub fn expected(&self) -> usize {
        XX.get(self.done).map_or(0, |(_, len)| *len)
    }

    // ANCHOR: write
    /// The next message.
    ///
    /// # Errors
    /// [`ChannelError::WeakKey`].
    ///
    /// # Panics
    /// If it is not this end's turn.
    pub fn write(&mut self) -> Result<Vec<u8>, ChannelError> {
        let (tokens, len) = XX[self.done];
        let mut out = Vec::with_capacity(len);
        for token in tokens {
            match token {
                Token::E => {
                    let e = self.e.public();
                    out.extend_from_slice(&e.0);
                    self.symmetric.mix_hash(&e.0);
                }
                Token::S => {
                    let s = self.s.public();
                    self.symmetric.encrypt_and_hash(&s.0, &mut out)?;
                }
                Token::Ee | Token::Es | Token::Se => self.mix(*token)?,
            }
        }
        // A message may carry data; ours does not, and its tag is the proof
        // that the keys above are the sender's.
        self.symmetric.encrypt_and_hash(&[], &mut out)?;
        self.done += 1;
        Ok(out)
    }
    // ANCHOR_END: write

    // ANCHOR: read
    /// Takes the peer's next message.
    ///
    /// # Errors
    /// [`ChannelError::Length`], [`ChannelError::Refused`],
    /// [`ChannelError::WeakKey`], [`ChannelError::Stranger`].
    ///
    /// # Panics
    /// If it is this end's turn, or all is done.
    pub fn read(&mut self, message: &[u8]) -> Result<(), ChannelError> {
        let (tokens, expected) = XX[self.done];
        let len = message.len();
        if len != expected {
            return Err(ChannelError::Length { len, expected });
        }
        let mut rest = message;
        for token in tokens {
            match token {
                Token::E => {
                    let e = take(&mut rest, 32).try_into();
                    let e = PublicKey(e.expect("the length is right"));
                    self.symmetric.mix_hash(&e.0);
                    self.re = Some(e);
                }
                Token::S => {
                    let sealed = take(&mut rest, 32 + 16);
                    let s = self.symmetric.decrypt_and_hash(sealed)?;
                    let s = s.try_into().expect("a tag less than 48");
                    self.rs = Some(PublicKey(s));
                }
                Token::Ee | Token::Es | Token::Se => self.mix(*token)?,
            }
        }
        self.symmetric.decrypt_and_hash(rest)?;
        self.done += 1;
        self.check_pin()
    }
    // ANCHOR_END: read

    /// Adds a shared secret to the keys.
    // ANCHOR: mix
    fn mix(&mut self, token: Token) -> Result<(), ChannelError> {
        let initiator = self.role == Role::Initiator;
        let ours = match token {
            Token::Es if !initiator => &self.s,
            Token::Se if initiator => &self.s,
            _ => &self.e,
        };
        let theirs = match token {
            Token::Es if initiator => self.rs,
            Token::Se if !initiator => self.rs,
            _ => self.re,
        };
        let theirs = theirs.expect("XX sends a key before it uses it");
        self.symmetric.mix_key(&*ours.agree(&theirs)?);
        Ok(())
    }
    // ANCHOR_END: mix

    /// Checked as soon as the peer has shown that it holds the key, and so
    /// before we tell a stranger who we are.
    fn check_pin(&self) -> Result<(), ChannelError> {
        match self.rs {
            Some(key) if !key.is_one_of(&self.pins) => {
                Err(ChannelError::Stranger(key))
            }
            _ => Ok(()),
        }
    }

    /// The peer and the ciphers of both directions, once all is done.
    pub fn finish(&self) -> Option<(PublicKey, Records)> {
        let peer = self.rs.filter(|_| self.done == XX.len())?;
        let (initiators, responders) = self.symmetric.split();
        let (ours, theirs) = match self.role {
            Role::Initiator => (initiators, responders),
            Role::Responder => (responders, initiators),
        };
        let transcript = self.symmetric.hash();
        let records = Records::new(ours, theirs, self.rekey_after, transcript);
        Some((peer, records))
    }
}

/// The first `len` bytes, which are then gone from `rest`.
fn take<'a>(rest: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (front, back) = rest.split_at(len);
    *rest = back;
    front
}
