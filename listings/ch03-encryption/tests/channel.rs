//! The channel between two ends and an enemy, in memory.

#![allow(clippy::unwrap_used, reason = "tests")]

use ch03_encryption::channel::{
    Channel, ChannelError, Config, MAX_MESSAGE, OVERHEAD, PublicKey, Role,
    SendError, Suite,
};
use ch03_sockets::frame::FrameError;
use proptest::prelude::*;
use zeroize::Zeroizing;

mod ends;

use ends::{
    ALICE, BOB, Told, conversation, drain, ends, ends_of_session, give,
    identity, open, shake, take, undisturbed,
};

const SUITES: [Suite; 4] = [
    Suite::CHACHA20_POLY1305,
    Suite::AES_256_GCM,
    Suite::RING_CHACHA20_POLY1305,
    Suite::RING_AES_256_GCM,
];

#[test]
fn every_suite_carries_a_conversation() {
    for suite in SUITES {
        let told = conversation(|c| c.suite = suite, 7, |_, _, b| b);
        assert_eq!(told, undisturbed(), "{suite:?}");
    }
}

#[test]
fn both_ends_know_each_other_and_the_same_transcript() {
    let (alice, bob) = open(|_| ());
    assert_eq!(alice.peer(), Some(identity(BOB).public()));
    assert_eq!(bob.peer(), Some(identity(ALICE).public()));
    assert!(alice.transcript().is_some());
    assert_eq!(alice.transcript(), bob.transcript());
}

#[test]
fn any_size_of_pieces_tells_the_same() {
    for piece in 1..=64 {
        let told = conversation(|_| (), piece, |_, _, b| b);
        assert_eq!(told, undisturbed(), "{piece}");
    }
}

/// The bytes of each flight of a conversation.
fn flights() -> Vec<(usize, usize, usize)> {
    let mut flights = Vec::new();
    conversation(
        |_| (),
        usize::MAX,
        |who, round, bytes| {
            flights.push((who, round, bytes.len()));
            bytes
        },
    );
    flights
}

/// An end may have been told less than it should, but nothing else.
fn only_what_was_sent(told: &[Told; 2]) {
    for (told, whole) in told.iter().zip(undisturbed()) {
        assert!(whole.messages.starts_with(&told.messages), "{told:?}");
        if told.closed {
            assert_eq!(whole.messages, told.messages);
        }
    }
}

/// All of it: three messages of handshake, five records, two closes.
#[test]
fn every_bit_of_every_byte_matters() {
    let flights = flights();
    let bytes: usize = flights.iter().map(|(.., len)| len).sum();
    let handshake = 3 * 4 + 32 + 96 + 64;
    let records = 7 * OVERHEAD + "one".len() + "three".len() + 2;
    assert_eq!(bytes, handshake + records);
    for (who, round, len) in flights {
        for bit in 0..8 * len {
            let told = conversation(
                |_| (),
                usize::MAX,
                |sender, now, mut bytes| {
                    if (sender, now) == (who, round) {
                        bytes[bit / 8] ^= 1 << (bit % 8);
                    }
                    bytes
                },
            );
            assert!(
                told.iter().any(|told| told.error.is_some()),
                "bit {bit} of flight {round} of {who}"
            );
            only_what_was_sent(&told);
        }
    }
}

#[test]
fn every_cut_is_noticed() {
    for (who, round, len) in flights() {
        for keep in 0..len {
            let told = conversation(
                |_| (),
                usize::MAX,
                |sender, now, mut bytes| {
                    if (sender, now) == (who, round) {
                        bytes.truncate(keep);
                    }
                    bytes
                },
            );
            let other = &told[1 - who];
            assert!(other.error.is_some(), "{keep} of {len} from {who}");
            only_what_was_sent(&told);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is put in, taken out, repeated or replaced.
    #[test]
    fn an_edited_flight_tells_nothing_new(
        flight in 0..5usize,
        at in any::<prop::sample::Index>(),
        remove in 0..40usize,
        insert in prop::collection::vec(any::<u8>(), 0..40),
        piece in 1..50usize,
    ) {
        let flights = flights();
        let (who, round, len) = flights[flight % flights.len()];
        let mut same = false;
        let told = conversation(|_| (), piece, |sender, now, mut bytes| {
            if (sender, now) == (who, round) {
                let before = bytes.clone();
                let from = at.index(len);
                let to = (from + remove).min(len);
                bytes.splice(from..to, insert.iter().copied());
                same = before == bytes;
            }
            bytes
        });
        only_what_was_sent(&told);
        prop_assert_eq!(
            told.iter().all(|told| told.error.is_none()), same
        );
    }

    #[test]
    fn any_messages_in_any_pieces_come_out_as_they_went_in(
        texts in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..300), 0..12),
        piece in 1..700usize,
        rekey_after in 1..5u64,
    ) {
        let (mut alice, mut bob) = open(|c| c.rekey_after = rekey_after);
        for text in &texts {
            alice.send(text).unwrap();
        }
        let mut told = Told::default();
        let bytes = take(&mut alice);
        give(&mut bob, &bytes, piece, &mut told);
        prop_assert_eq!(told.error, None);
        prop_assert_eq!(told.messages, texts);
    }

    #[test]
    fn bytes_that_are_no_handshake_are_refused_within_bounds(
        bytes in prop::collection::vec(any::<u8>(), 1..600),
        piece in 1..50usize,
    ) {
        let (mut alice, mut bob) = ends(|_| ());
        for end in [&mut alice, &mut bob] {
            take(end);
            let mut told = Told::default();
            give(end, &bytes, piece, &mut told);
            prop_assert!(!told.established && told.messages.is_empty());
            prop_assert!(end.incoming().len() < 100 + 50);
            prop_assert!(end.end().is_err());
        }
    }
}

/// Records of an open channel, one by one.
fn records(alice: &mut Channel, texts: &[&str]) -> Vec<Vec<u8>> {
    texts
        .iter()
        .map(|text| {
            alice.send(text.as_bytes()).unwrap();
            take(alice)
        })
        .collect()
}

fn receive(bob: &mut Channel, bytes: &[u8]) -> Told {
    let mut told = Told::default();
    give(bob, bytes, usize::MAX, &mut told);
    told
}

#[test]
fn a_record_that_comes_twice_is_refused() {
    let (mut alice, mut bob) = open(|_| ());
    let record = records(&mut alice, &["pay 10"]).concat();
    assert_eq!(receive(&mut bob, &record).messages, ["pay 10"]);
    let told = receive(&mut bob, &record);
    assert_eq!(told.error, Some(ChannelError::Refused));
    assert!(told.messages.is_empty());
}

#[test]
fn records_in_another_order_are_refused() {
    let (mut alice, mut bob) = open(|_| ());
    let records = records(&mut alice, &["first", "second"]);
    let told = receive(&mut bob, &records[1]);
    assert_eq!(told.error, Some(ChannelError::Refused));
}

#[test]
fn a_record_sent_back_is_refused() {
    let (mut alice, _) = open(|_| ());
    let record = records(&mut alice, &["hello"]).concat();
    let told = receive(&mut alice, &record);
    assert_eq!(told.error, Some(ChannelError::Refused));
}

#[test]
fn a_record_of_another_session_is_refused() {
    let (mut alice, _) = open(|_| ());
    let (_, mut bob) = shake(ends_of_session(1, |_| ()));
    let record = records(&mut alice, &["hello"]).concat();
    let told = receive(&mut bob, &record);
    assert_eq!(told.error, Some(ChannelError::Refused));
}

/// The whole recorded conversation of Alice, sent again to a new Bob.
#[test]
fn a_recorded_session_is_of_no_use() {
    let mut tape = Vec::new();
    conversation(
        |_| (),
        usize::MAX,
        |who, _, bytes| {
            if who == 0 {
                tape.extend_from_slice(&bytes);
            }
            bytes
        },
    );
    let config = Config::new([identity(ALICE).public()]);
    let entropy = Zeroizing::new([0x77; 32]);
    let new = Channel::new(Role::Responder, &identity(BOB), &config, entropy);
    let told = receive(&mut new.unwrap(), &tape);
    assert_eq!(told.error, Some(ChannelError::Refused));
    assert!(!told.established);
}

#[test]
fn after_an_error_an_end_does_nothing_any_more() {
    let (mut alice, mut bob) = open(|_| ());
    let mut bad = records(&mut alice, &["one"]).concat();
    let good = records(&mut alice, &["two"]).concat();
    *bad.last_mut().unwrap() ^= 1;
    bob.send(b"queued").unwrap();
    let error = Some(ChannelError::Refused);
    assert_eq!(receive(&mut bob, &bad).error, error);
    assert_eq!(receive(&mut bob, &good).error, error);
    assert_eq!(bob.end(), Err(ChannelError::Refused));
    let send = bob.send(b"more");
    assert_eq!(send, Err(SendError::Failed(ChannelError::Refused)));
    assert!(bob.outgoing().is_empty() && bob.transcript().is_none());
}

#[test]
fn strangers_are_refused_by_either_end() {
    let other = PublicKey([9; 32]);
    let told = conversation(|c| c.pins = vec![other], 9, |_, _, b| b);
    let bob = identity(BOB).public();
    assert_eq!(told[0].error, Some(ChannelError::Stranger(bob)));
    assert!(!told[0].established && !told[1].established);

    // Alice trusts Bob; Bob trusts somebody else.
    let alice = identity(ALICE).public();
    let pins = [bob];
    let told = conversation(|c| c.pins = pins.into(), 9, |_, _, b| b);
    assert_eq!(told[1].error, Some(ChannelError::Stranger(alice)));
    assert!(told[1].messages.is_empty());
}

#[test]
fn ends_that_agreed_on_something_else_do_not_understand_each_other() {
    let changes: [fn(&mut Config); 3] = [
        |c| c.context = b"v2".into(),
        |c| c.rekey_after = 7,
        |c| c.suite = Suite::AES_256_GCM,
    ];
    for change in changes {
        let (mut alice, _) = ends(|_| ());
        let (_, mut bob) = ends(change);
        let first = take(&mut alice);
        assert_eq!(receive(&mut bob, &first).error, None);
        let second = take(&mut bob);
        let told = receive(&mut alice, &second);
        assert_eq!(told.error, Some(ChannelError::Refused));
    }
}

#[test]
fn a_channel_without_new_keys_is_not_made() {
    let mut config = Config::new([]);
    config.rekey_after = 0;
    let entropy = Zeroizing::new([1; 32]);
    let made =
        Channel::new(Role::Initiator, &identity(ALICE), &config, entropy);
    assert_eq!(made.err(), Some(ChannelError::NoRekey));
}

#[test]
fn a_weak_key_is_refused() {
    let (_, mut bob) = ends(|_| ());
    let first = [&[0, 0, 0, 32][..], &[0; 32]].concat();
    let told = receive(&mut bob, &first);
    assert_eq!(told.error, Some(ChannelError::WeakKey));
}

#[test]
fn lengths_are_refused_before_the_bytes_come() {
    let (_, mut bob) = ends(|_| ());
    let told = receive(&mut bob, &[0, 0, 0, 33]);
    let error = FrameError::TooLong { len: 33, max: 32 };
    assert_eq!(told.error, Some(ChannelError::Frame(error)));

    let (_, mut bob) = ends(|_| ());
    let told = receive(&mut bob, &[0, 0, 0, 1, 0]);
    let error = ChannelError::Length {
        len: 1,
        expected: 32,
    };
    assert_eq!(told.error, Some(error));

    let (_, mut bob) = open(|_| ());
    let told = receive(&mut bob, &[0xff; 4]);
    let (len, max) = (u32::MAX as usize, MAX_MESSAGE + OVERHEAD - 4);
    let error = FrameError::TooLong { len, max };
    assert_eq!(told.error, Some(ChannelError::Frame(error)));
    assert!(bob.incoming().capacity() < 64 * 1024);
}

#[test]
fn the_longest_message_passes_and_one_byte_more_does_not() {
    let (mut alice, mut bob) = open(|_| ());
    let text = vec![7; MAX_MESSAGE];
    alice.send(&text).unwrap();
    let record = take(&mut alice);
    assert_eq!(record.len(), MAX_MESSAGE + OVERHEAD);
    assert_eq!(receive(&mut bob, &record).messages, [text]);
    let len = MAX_MESSAGE + 1;
    let error = alice.send(&vec![7; len]);
    assert_eq!(error, Err(SendError::TooLong { len }));
    assert!(alice.outgoing().is_empty());
    // Nothing was used up: the next message is in order.
    let record = records(&mut alice, &["next"]).concat();
    assert_eq!(receive(&mut bob, &record).messages, ["next"]);
}

#[test]
fn nothing_is_sent_before_the_handshake_or_after_the_close() {
    let (mut alice, _) = ends(|_| ());
    assert_eq!(alice.send(b"early"), Err(SendError::NotOpen));
    assert_eq!(alice.close(), Err(SendError::NotOpen));
    let (mut alice, mut bob) = open(|_| ());
    alice.close().unwrap();
    assert_eq!(alice.send(b"late"), Err(SendError::Closed));
    assert_eq!(alice.close(), Err(SendError::Closed));
    // One direction is closed; the other still carries.
    let record = records(&mut bob, &["answer"]).concat();
    assert_eq!(receive(&mut alice, &record).messages, ["answer"]);
}

#[test]
fn data_after_the_close_is_refused() {
    let (mut alice, mut bob) = open(|_| ());
    alice.close().unwrap();
    let mut bytes = take(&mut alice);
    bytes.extend([0, 0, 0, 20]);
    bytes.extend([0; 20]);
    let told = receive(&mut bob, &bytes);
    assert!(told.closed);
    assert_eq!(told.error, Some(ChannelError::AfterClose));
}

#[test]
fn a_stream_that_ends_without_a_close_is_cut_off() {
    let (mut alice, mut bob) = open(|_| ());
    let record = records(&mut alice, &["half of it"]).concat();
    assert_eq!(receive(&mut bob, &record).messages, ["half of it"]);
    assert_eq!(bob.end(), Err(ChannelError::Truncated));
    let mut told = Told::default();
    drain(&mut bob, &mut told);
    assert_eq!(told.error, Some(ChannelError::Truncated));
}

#[test]
fn keys_are_replaced_at_both_ends_at_once() {
    let (mut alice, mut bob) = open(|c| c.rekey_after = 2);
    for n in 0..9 {
        let text = format!("message {n}");
        let record = records(&mut alice, &[&text]).concat();
        assert_eq!(receive(&mut bob, &record).messages, [text]);
    }
}
