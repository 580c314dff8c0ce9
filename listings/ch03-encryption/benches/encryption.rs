//! What a channel costs beyond its cipher, and one library's ciphers against
//! the other's.
#![allow(clippy::unwrap_used, reason = "bench")]

use std::cell::RefCell;

use book_bench::Bench;
use ch03_encryption::aead::{Aead, Aes256Gcm, ChaCha20Poly1305, Ring};
use ch03_encryption::channel::{
    Channel, Config, Event, Identity, MAX_MESSAGE, Role, Suite,
};
use zeroize::Zeroizing;

/// Bytes of messages in one run.
const TOTAL: usize = 256 * 1024;

fn main() {
    let suites: [(&str, Suite, Box<dyn Aead>); 4] = [
        (
            "GCM, RustCrypto",
            Suite::AES_256_GCM,
            Box::new(Aes256Gcm::new(&[1; 32])),
        ),
        (
            "GCM, ring",
            Suite::RING_AES_256_GCM,
            Box::new(Ring::aes_256_gcm(&[1; 32])),
        ),
        (
            "ChaCha20, RustCrypto",
            Suite::CHACHA20_POLY1305,
            Box::new(ChaCha20Poly1305::new(&[1; 32])),
        ),
        (
            "ChaCha20, ring",
            Suite::RING_CHACHA20_POLY1305,
            Box::new(Ring::chacha20_poly1305(&[1; 32])),
        ),
    ];
    let mut bench = Bench::from_args("the channel", "its cipher alone");
    for (name, suite, cipher) in &suites {
        for size in [1024, MAX_MESSAGE] {
            let ends = RefCell::new(open(*suite));
            let message = vec![b'x'; size];
            let mut buffer = message.clone();
            bench.case(
                &format!("{name}, {size} B"),
                || through(&mut ends.borrow_mut(), &message),
                || alone(&**cipher, &mut buffer),
            );
        }
    }

    let mut bench = Bench::from_args("RustCrypto", "ring");
    for pair in suites.chunks(2) {
        for size in [64, 1024, MAX_MESSAGE] {
            let (mut one, mut two) = (vec![b'x'; size], vec![b'x'; size]);
            let cipher = pair[0].0.split(',').next().unwrap();
            bench.case(
                &format!("{cipher}, {size} B"),
                || alone(&*pair[0].2, &mut one),
                || alone(&*pair[1].2, &mut two),
            );
        }
    }
}

/// Both ends of a channel, after the handshake.
fn open(suite: Suite) -> (Channel, Channel) {
    let key = |of| Identity::from_entropy(&Zeroizing::new([of; 32]));
    let end = |role, me: &Identity, other: &Identity| {
        let mut config = Config::new([other.public()]);
        config.suite = suite;
        let entropy = Zeroizing::new(me.public().0);
        Channel::new(role, me, &config, entropy).unwrap()
    };
    let (one, two) = (key(1), key(2));
    let mut alice = end(Role::Initiator, &one, &two);
    let mut bob = end(Role::Responder, &two, &one);
    for _ in 0..2 {
        carry(&mut alice, &mut bob);
        carry(&mut bob, &mut alice);
    }
    assert!(alice.peer().is_some() && bob.peer().is_some());
    (alice, bob)
}

/// Hands over what is outgoing, without the copy that a transport makes, and
/// adds up the lengths of the messages.
fn carry(from: &mut Channel, to: &mut Channel) -> u64 {
    std::mem::swap(from.outgoing(), to.incoming());
    let mut sum = 0;
    while let Some(event) = to.poll().unwrap() {
        if let Event::Message(text) = event {
            sum += text.len() as u64;
        }
    }
    sum
}

fn through(ends: &mut (Channel, Channel), message: &[u8]) -> u64 {
    let (alice, bob) = ends;
    (0..TOTAL / message.len())
        .map(|_| {
            alice.send(message).unwrap();
            carry(alice, bob)
        })
        .sum()
}

/// The same work without a channel: seal and open, in place.
fn alone(cipher: &dyn Aead, text: &mut [u8]) -> u64 {
    let mut sum = 0;
    for n in 0..(TOTAL / text.len()) as u64 {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&n.to_le_bytes());
        let tag = cipher.seal(&nonce, &[], text).unwrap();
        cipher.open(&nonce, &[], text, &tag).unwrap();
        sum += text.len() as u64;
    }
    sum
}
