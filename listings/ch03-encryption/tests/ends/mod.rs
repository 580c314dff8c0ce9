//! Two ends of a channel in memory, with somebody between them.

#![allow(dead_code, clippy::unwrap_used, reason = "tests share it")]

use bytes::Bytes;
use ch03_encryption::channel::{
    Channel, ChannelError, Config, Event, Identity, Role,
};
use zeroize::Zeroizing;

/// A key pair of a constant: for tests alone.
pub fn identity(of: u8) -> Identity {
    Identity::from_entropy(&Zeroizing::new([of; 32]))
}

pub const ALICE: u8 = 0xa1;
pub const BOB: u8 = 0xb0;

/// Alice, who begins, and Bob; `change` adapts what both agree on.
pub fn ends(change: impl Fn(&mut Config)) -> (Channel, Channel) {
    ends_of_session(0, change)
}

/// The same with session keys of their own for each `session`.
pub fn ends_of_session(
    session: u8,
    change: impl Fn(&mut Config),
) -> (Channel, Channel) {
    let end = |role, me: u8, other: u8| {
        let mut config = Config::new([identity(other).public()]);
        change(&mut config);
        let entropy = Zeroizing::new([me ^ session ^ 0xff; 32]);
        Channel::new(role, &identity(me), &config, entropy).unwrap()
    };
    (
        end(Role::Initiator, ALICE, BOB),
        end(Role::Responder, BOB, ALICE),
    )
}

/// What an end has told its user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub messages: Vec<Bytes>,
    pub established: bool,
    pub closed: bool,
    pub error: Option<ChannelError>,
}

/// Gives `bytes` to `channel` in pieces of `piece` bytes.
pub fn give(
    channel: &mut Channel,
    bytes: &[u8],
    piece: usize,
    told: &mut Told,
) {
    for piece in bytes.chunks(piece.max(1)) {
        channel.incoming().extend_from_slice(piece);
        drain(channel, told);
    }
}

pub fn drain(channel: &mut Channel, told: &mut Told) {
    loop {
        match channel.poll() {
            Ok(Some(Event::Message(text))) => told.messages.push(text),
            Ok(Some(Event::Established(_))) => told.established = true,
            Ok(Some(Event::Closed)) => told.closed = true,
            Ok(None) => break,
            Err(error) => {
                told.error = Some(error);
                break;
            }
        }
    }
}

pub fn take(channel: &mut Channel) -> Vec<u8> {
    channel.outgoing().split().to_vec()
}

/// Two ends after an undisturbed handshake.
pub fn open(change: impl Fn(&mut Config)) -> (Channel, Channel) {
    shake(ends(change))
}

/// Lets the two do their handshake.
pub fn shake((mut alice, mut bob): (Channel, Channel)) -> (Channel, Channel) {
    let (mut one, mut two) = (Told::default(), Told::default());
    for _ in 0..2 {
        let bytes = take(&mut alice);
        give(&mut bob, &bytes, usize::MAX, &mut two);
        let bytes = take(&mut bob);
        give(&mut alice, &bytes, usize::MAX, &mut one);
    }
    assert!(one.established && two.established);
    (alice, bob)
}

/// Runs a whole conversation: handshake, three messages from Alice, two from
/// Bob, and both close. `between` sees and changes each flight: who sent it
/// (0 is Alice), which one of his it is, and the bytes.
pub fn conversation(
    change: impl Fn(&mut Config),
    piece: usize,
    mut between: impl FnMut(usize, usize, Vec<u8>) -> Vec<u8>,
) -> [Told; 2] {
    let (alice, bob) = ends(change);
    let mut ends = [alice, bob];
    let mut told = [Told::default(), Told::default()];
    let mut sent = [false, false];
    for round in 0..4 {
        for me in [0, 1] {
            let other = 1 - me;
            if ends[me].peer().is_some() && !sent[me] {
                let texts: &[&[u8]] = if me == 0 {
                    &[b"one", b"", b"three"]
                } else {
                    &[b"1", b"2"]
                };
                // A failed end refuses to send, which is its right.
                for text in texts {
                    let _ = ends[me].send(text);
                }
                let _ = ends[me].close();
                sent[me] = true;
            }
            let bytes = take(&mut ends[me]);
            if !bytes.is_empty() {
                let bytes = between(me, round, bytes);
                give(&mut ends[other], &bytes, piece, &mut told[other]);
            }
        }
    }
    for (end, told) in ends.iter_mut().zip(&mut told) {
        if let Err(error) = end.end() {
            told.error = Some(error);
        }
    }
    told
}

/// What a conversation tells when nobody disturbs it.
pub fn undisturbed() -> [Told; 2] {
    let told = |texts: &[&'static str]| Told {
        messages: texts.iter().map(|&text| Bytes::from(text)).collect(),
        established: true,
        closed: true,
        error: None,
    };
    [told(&["1", "2"]), told(&["one", "", "three"])]
}
