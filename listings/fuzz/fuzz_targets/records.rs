//! The records of the secure channel (3.3): whoever edits what one end sent,
//! in any way, makes the other see less of it, and notice.
#![no_main]

use bytes::Bytes;
use ch03_encryption::channel::{
    Channel, ChannelError, Config, Event, Identity, Role,
};
use libfuzzer_sys::fuzz_target;
use zeroize::Zeroizing;

/// Two ends after their handshake, with keys that change every two records.
fn open() -> (Channel, Channel) {
    let key = |of| Identity::from_entropy(&Zeroizing::new([of; 32]));
    let end = |role, me: u8, other: u8| {
        let mut config = Config::new([key(other).public()]);
        config.rekey_after = 2;
        let entropy = Zeroizing::new([me + 2; 32]);
        Channel::new(role, &key(me), &config, entropy)
            .expect("a configuration that replaces keys")
    };
    let mut ends = (end(Role::Initiator, 1, 2), end(Role::Responder, 2, 1));
    for _ in 0..2 {
        ends.1
            .incoming()
            .extend_from_slice(&ends.0.outgoing().split());
        ends.1.poll().expect("nobody is between");
        ends.0
            .incoming()
            .extend_from_slice(&ends.1.outgoing().split());
        ends.0.poll().expect("nobody is between");
    }
    ends
}

fn receive(
    channel: &mut Channel,
    pieces: std::slice::Chunks<'_, u8>,
) -> (Vec<Bytes>, Result<(), ChannelError>) {
    let mut messages = Vec::new();
    for piece in pieces {
        channel.incoming().extend_from_slice(piece);
        loop {
            match channel.poll() {
                Ok(Some(Event::Message(text))) => messages.push(text),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => return (messages, Err(error)),
            }
        }
    }
    let end = channel.end();
    (messages, end)
}

/// Each four bytes are an edit: a place, how many bytes go, how many come
/// instead, and which.
fn edit(stream: &mut Vec<u8>, script: &[u8]) {
    for edit in script.as_chunks::<4>().0.iter().take(16) {
        let [at, remove, insert, byte] = *edit;
        let at = usize::from(at).min(stream.len());
        let end = (at + usize::from(remove % 32)).min(stream.len());
        let new = std::iter::repeat_n(byte, usize::from(insert % 32));
        stream.splice(at..end, new);
    }
}

fuzz_target!(|script: &[u8]| {
    let (mut alice, mut bob) = open();
    let texts = [&b"one"[..], b"", b"three is longer", b"four"];
    for text in texts {
        alice.send(text).expect("open, and short");
    }
    alice.close().expect("open");
    let sent = alice.outgoing().split().to_vec();

    let mut stream = sent.clone();
    edit(&mut stream, script);
    let piece = script.first().map_or(1, |&n| usize::from(n).max(1));
    let (messages, end) = receive(&mut bob, stream.chunks(piece));
    assert!(texts.iter().zip(&messages).all(|(sent, got)| sent == got));
    assert!(messages.len() <= texts.len());
    assert_eq!(end.is_ok(), stream == sent);
    if end.is_ok() {
        assert_eq!(messages.len(), texts.len());
    }
});
