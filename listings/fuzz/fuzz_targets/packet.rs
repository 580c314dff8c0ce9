//! Packets (2.1): every layer refused by name or read; every bit labeled
//! once; what was accepted is written, and read as the same.
#![no_main]

use ch02_concepts::packet::dissect::MAX_TEXT_PER_BYTE;
use ch02_concepts::packet::{
    Dissector, Field, Network, Parsed, Transport, arp, ethernet, icmp, ipv4,
    ipv6, tcp, udp,
};
use libfuzzer_sys::fuzz_target;

/// The fields name every bit of `bytes` once, in order, in bounded text.
fn assert_tiles(fields: &[Field], bytes: &[u8]) {
    let (mut bit, mut text) = (0, 0);
    for field in fields {
        let bits = field.bit_range();
        assert_eq!(bits.start, bit);
        assert!(bits.end > bit);
        field.octets(bytes);
        bit = bits.end;
        text += field.value.len() + field.note.len();
    }
    assert_eq!(bit, bytes.len() * 8);
    assert!(text <= MAX_TEXT_PER_BYTE * bytes.len());
}

/// The IP packet, written from what was read of it; `None` if it is none.
fn rewritten(parsed: &Parsed<'_>) -> Option<Vec<u8>> {
    let (pseudo, upper_at) = match &parsed.network {
        Network::Ipv4(ip) => (ip.pseudo_header(), 0),
        Network::Ipv6(ip) => (ip.pseudo_header(), ip.upper_at()),
        _ => return None,
    };
    let mut upper = Vec::new();
    match &parsed.transport {
        Transport::Udp(udp) => {
            udp.repr().emit(&pseudo, udp.payload(), &mut upper)
        }
        Transport::Tcp(tcp) => {
            tcp.repr().emit(&pseudo, tcp.payload(), &mut upper)
        }
        Transport::Icmpv4(icmp) => icmp::V4::of(icmp).emit(&mut upper),
        Transport::Icmpv6(icmp) => icmp::V6::of(icmp).emit(&pseudo, &mut upper),
        Transport::Fragment(_, bytes) | Transport::Other(_, bytes) => {
            upper.extend_from_slice(bytes);
            Ok(())
        }
        _ => return None,
    }
    .expect("what was read fits");
    let mut packet = Vec::new();
    match &parsed.network {
        Network::Ipv4(ip) => ip.repr().emit(upper.len(), &mut packet),
        Network::Ipv6(ip) => {
            let extensions = &ip.payload()[..upper_at - ipv6::HEADER_LEN];
            let len = extensions.len() + upper.len();
            let written = ip.repr().emit(len, &mut packet);
            packet.extend_from_slice(extensions);
            written
        }
        _ => return None,
    }
    .expect("what was read fits");
    packet.extend(upper);
    Some(packet)
}

fn check(parsed: &Parsed<'_>) {
    let _ = parsed.verify_checksums();
    let Some(packet) = rewritten(parsed) else {
        return;
    };
    let again = Parsed::ip(&packet).expect("what was written");
    again.verify_checksums().expect("as it was written");
    assert_eq!(rewritten(&again).as_ref(), Some(&packet));
}

fuzz_target!(|bytes: &[u8]| {
    let dissector = Dissector::default();
    assert_tiles(&dissector.frame(bytes), bytes);
    assert_tiles(&dissector.ip(bytes), bytes);
    for parsed in [Parsed::frame(bytes), Parsed::ip(bytes)] {
        match parsed {
            Ok(parsed) => check(&parsed),
            Err(error) => assert!(error.at <= bytes.len(), "{error}"),
        }
    }
    // Each layer by itself: the fuzzer need not find its way through others.
    for error in [
        ethernet::Frame::parse(bytes).err(),
        arp::Packet::parse(bytes).err(),
        ipv4::Packet::parse(bytes).err(),
        ipv6::Packet::parse(bytes).err(),
        icmp::Packet::parse_v4(bytes).err(),
        icmp::Packet::parse_v6(bytes).err(),
        udp::Datagram::parse(bytes).err(),
        tcp::Segment::parse(bytes).err(),
    ] {
        assert!(error.is_none_or(|error| error.at <= bytes.len()));
    }
});
