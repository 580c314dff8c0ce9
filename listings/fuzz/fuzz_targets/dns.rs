//! DNS messages (3.1): what is read can be written and read again.
#![no_main]

use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{Message, name::Name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let zone = Zone::new("example.com".parse::<Name>().expect("a name"));
    let reply = zone.reply(octets, Transport::Udp);
    match Message::decode(octets) {
        Err(error) => assert!(error.at <= octets.len()),
        Ok(message) => {
            // The writer compresses: a message may get shorter, not other.
            let written = message.encode().expect("what was read fits");
            let again = Message::decode(&written).expect("what was written");
            assert_eq!(format!("{again:?}"), format!("{message:?}"));
            if let Some(reply) = reply {
                Message::decode(&reply).expect("a reply is a message");
            }
        }
    }
});
