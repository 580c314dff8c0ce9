//! Our handshake and records against snow's, which were written by others.

#![allow(clippy::unwrap_used, reason = "tests")]

use ch03_encryption::channel::{Channel, Config, Event, Role, Suite};
use snow::{Builder, HandshakeState, TransportState};
use zeroize::Zeroizing;

mod ends;

use ends::{ALICE, BOB, identity, take};

const SUITES: [(&str, Suite); 4] = [
    ("Noise_XX_25519_ChaChaPoly_SHA256", Suite::CHACHA20_POLY1305),
    (
        "Noise_XX_25519_ChaChaPoly_SHA256",
        Suite::RING_CHACHA20_POLY1305,
    ),
    ("Noise_XX_25519_AESGCM_SHA256", Suite::AES_256_GCM),
    ("Noise_XX_25519_AESGCM_SHA256", Suite::RING_AES_256_GCM),
];
const REKEY: u64 = 3;

/// Snow's end, as Bob, in either role.
fn snows(name: &str, role: Role) -> HandshakeState {
    let mut prologue = b"network-programming-in-rust channel 1".to_vec();
    prologue.extend(REKEY.to_be_bytes());
    prologue.extend(b"a test");
    let secret = [BOB; 32];
    let builder = Builder::new(name.parse().unwrap())
        .prologue(&prologue)
        .unwrap()
        .local_private_key(&secret)
        .unwrap();
    match role {
        Role::Initiator => builder.build_initiator().unwrap(),
        Role::Responder => builder.build_responder().unwrap(),
    }
}

/// Ours, as Alice, in either role.
fn ours(suite: Suite, role: Role) -> Channel {
    let mut config = Config::new([identity(BOB).public()]);
    config.suite = suite;
    config.rekey_after = REKEY;
    config.context = b"a test".into();
    let entropy = Zeroizing::new([0x5e; 32]);
    Channel::new(role, &identity(ALICE), &config, entropy).unwrap()
}

/// A message behind its length, as our frames have it.
fn framed(message: &[u8]) -> Vec<u8> {
    let mut frame = (message.len() as u32).to_be_bytes().to_vec();
    frame.extend_from_slice(message);
    frame
}

fn handshake(
    name: &str,
    suite: Suite,
    role: Role,
) -> (Channel, TransportState) {
    let theirs = match role {
        Role::Initiator => Role::Responder,
        Role::Responder => Role::Initiator,
    };
    let (mut ours, mut snow) = (ours(suite, role), snows(name, theirs));
    let mut buffer = [0; 1024];
    while !snow.is_handshake_finished() {
        if snow.is_my_turn() {
            let n = snow.write_message(&[], &mut buffer).unwrap();
            ours.incoming().extend_from_slice(&framed(&buffer[..n]));
            let event = ours.poll().unwrap();
            assert!(matches!(event, None | Some(Event::Established(_))));
        } else {
            let frame = take(&mut ours);
            let n = snow.read_message(&frame[4..], &mut buffer).unwrap();
            assert_eq!(n, 0, "our handshake carries no data");
        }
    }
    assert_eq!(ours.peer(), Some(identity(BOB).public()));
    assert_eq!(ours.transcript().unwrap()[..], *snow.get_handshake_hash());
    let alice = identity(ALICE).public();
    assert_eq!(snow.get_remote_static(), Some(&alice.0[..]));
    (ours, snow.into_transport_mode().unwrap())
}

#[test]
fn our_channel_talks_to_snow_in_both_roles_and_through_new_keys() {
    for (name, suite) in SUITES {
        for role in [Role::Initiator, Role::Responder] {
            let (mut ours, mut snow) = handshake(name, suite, role);
            let mut buffer = [0; 1024];
            for n in 1..=10 {
                let text = format!("record {n}");
                ours.send(text.as_bytes()).unwrap();
                let frame = take(&mut ours);
                let len = snow.read_message(&frame[4..], &mut buffer).unwrap();
                assert_eq!(buffer[..len], *[text.as_bytes(), &[1]].concat());

                let inner = [text.as_bytes(), &[1]].concat();
                let len = snow.write_message(&inner, &mut buffer).unwrap();
                let frame = framed(&buffer[..len]);
                ours.incoming().extend_from_slice(&frame);
                let event = Event::Message(text.into());
                assert_eq!(ours.poll().unwrap(), Some(event));
                if n % REKEY == 0 {
                    snow.rekey_outgoing();
                    snow.rekey_incoming();
                }
            }
            let len = snow.write_message(&[2], &mut buffer).unwrap();
            ours.incoming().extend_from_slice(&framed(&buffer[..len]));
            assert_eq!(ours.poll().unwrap(), Some(Event::Closed));
            assert_eq!(ours.end(), Ok(()));
        }
    }
}
