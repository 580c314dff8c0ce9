//! The handshake of the secure channel (3.3): whatever a peer without a key
//! sends, to either end and in any pieces, opens nothing, holds little memory
//! and ends the same.
#![no_main]

use ch03_encryption::channel::{
    Channel, ChannelError, Config, Event, Identity, Role,
};
use libfuzzer_sys::fuzz_target;
use zeroize::Zeroizing;

/// The longest message of the handshake, with its length.
const LONGEST: usize = 4 + 96;

fn end(role: Role) -> Channel {
    // Constants: an input must do the same each time.
    let key = |of| Identity::from_entropy(&Zeroizing::new([of; 32]));
    let config = Config::new([key(2).public()]);
    Channel::new(role, &key(1), &config, Zeroizing::new([3; 32]))
        .expect("a configuration that replaces keys")
}

fn result(role: Role, bytes: &[u8], piece: usize) -> Result<(), ChannelError> {
    let mut channel = end(role);
    for piece in bytes.chunks(piece) {
        channel.incoming().extend_from_slice(piece);
        loop {
            match channel.poll() {
                Ok(Some(Event::Established(_))) => panic!("without a key"),
                Ok(Some(event)) => panic!("{event:?} in a handshake"),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(channel.poll(), Err(error));
                    return Err(error);
                }
            }
        }
        assert!(channel.incoming().len() <= LONGEST + piece.len());
    }
    channel.end()
}

fuzz_target!(|bytes: &[u8]| {
    for role in [Role::Initiator, Role::Responder] {
        let whole = result(role, bytes, bytes.len().max(1));
        assert!(whole.is_err(), "nobody has closed anything");
        assert_eq!(whole, result(role, bytes, 1));
    }
});
