//! Packets: recorded ones are read and written again, made-up ones survive
//! the way out and back, and hostile ones get an error.
#![allow(clippy::unwrap_used, reason = "tests")]

mod samples;

use std::net::Ipv4Addr;

use ch02_concepts::packet::dissect::MAX_TEXT_PER_BYTE;
use ch02_concepts::packet::ethernet::{EtherType, MacAddr};
use ch02_concepts::packet::tcp::{Flags, TcpOption};
use ch02_concepts::packet::{
    Dissector, EmitError, Error, Field, Layer, Network, OptionBytes, Parsed,
    Problem, Protocol, Transport, arp, dissect, ethernet, icmp, ipv4, ipv6,
    tcp, udp,
};
use proptest::collection::vec;
use proptest::prelude::*;

use samples::{Capture, Ip, Upper, captures, damaged, sample};

/// The recorded frames of which tcpdump says all of `texts`.
fn captured(texts: &[&str]) -> Vec<Capture> {
    let mut found = captures();
    found.retain(|frame| texts.iter().all(|text| frame.text.contains(text)));
    assert!(!found.is_empty(), "no capture says {texts:?}");
    found
}

fn one(texts: &[&str]) -> Vec<u8> {
    captured(texts).swap_remove(0).bytes
}

/// Writes a packet again from what was read: the whole frame.
fn rewritten(parsed: &Parsed<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let frame = parsed.frame.expect("a frame");
    frame.repr().emit(&mut bytes).unwrap();
    let mut upper = Vec::new();
    let pseudo = match &parsed.network {
        Network::Ipv4(ip) => ip.pseudo_header(),
        Network::Ipv6(ip) => ip.pseudo_header(),
        Network::Arp(arp) => {
            arp.repr().emit(&mut bytes).unwrap();
            return bytes;
        }
        other => panic!("cannot write {other:?}"),
    };
    match &parsed.transport {
        Transport::Udp(udp) => {
            udp.repr().emit(&pseudo, udp.payload(), &mut upper).unwrap();
            if udp.checksum() == 0 {
                upper[6..8].fill(0); // the sender made none
            }
        }
        Transport::Tcp(tcp) => {
            tcp.repr().emit(&pseudo, tcp.payload(), &mut upper).unwrap();
        }
        Transport::Icmpv4(icmp) => {
            icmp::V4::of(icmp).emit(&mut upper).unwrap();
        }
        Transport::Icmpv6(icmp) => {
            icmp::V6::of(icmp).emit(&pseudo, &mut upper).unwrap();
        }
        Transport::Fragment(_, bytes) | Transport::Other(_, bytes) => {
            upper.extend_from_slice(bytes);
        }
        other => panic!("cannot write {other:?}"),
    }
    match &parsed.network {
        Network::Ipv4(ip) => ip.repr().emit(upper.len(), &mut bytes).unwrap(),
        Network::Ipv6(ip) => {
            // Extension headers are payload to the header.
            let extensions = ip.payload().len() - ip.upper().len();
            upper.splice(0..0, ip.payload()[..extensions].iter().copied());
            ip.repr().emit(upper.len(), &mut bytes).unwrap();
        }
        _ => unreachable!("ARP has returned"),
    }
    bytes.extend(upper);
    bytes
}

/// Checks that the fields name every bit of `bytes` once, in order.
fn assert_tiles(fields: &[Field], bytes: &[u8]) {
    let mut bit = 0;
    for field in fields {
        let bits = field.bit_range();
        assert_eq!(bits.start, bit, "gap or overlap at {field:?}");
        assert!(bits.end > bit, "nothing in {field:?}");
        assert_eq!(field.bytes.start, bits.start / 8, "{field:?}");
        assert_eq!(field.bytes.end, bits.end.div_ceil(8), "{field:?}");
        field.octets(bytes);
        bit = bits.end;
    }
    assert_eq!(bit, bytes.len() * 8, "the end has no label");
}

// ---- recorded frames ----

#[test]
fn recorded_frames_are_read_and_written_the_same() {
    for Capture { text, bytes } in captures() {
        let parsed = Parsed::frame(&bytes).expect(&text);
        parsed.verify_checksums().expect(&text);
        assert_eq!(rewritten(&parsed), bytes, "{text}");
        let fields = dissect(&bytes);
        assert_tiles(&fields, &bytes);
        let problem = fields.iter().find(|field| field.problem.is_some());
        assert_eq!(problem, None, "{text}");
    }
}

#[test]
fn what_was_recorded_is_what_the_tests_need() {
    let count = |is: fn(&Parsed<'_>) -> bool| {
        let captures = captures();
        let parsed = captures.iter().map(|c| Parsed::frame(&c.bytes).unwrap());
        parsed.filter(is).count()
    };
    assert!(count(|p| matches!(p.network, Network::Arp(_))) >= 2);
    assert!(count(|p| matches!(p.transport, Transport::Udp(_))) >= 3);
    assert!(count(|p| matches!(p.transport, Transport::Tcp(_))) >= 10);
    assert!(count(|p| matches!(p.transport, Transport::Icmpv4(_))) >= 4);
    assert!(count(|p| matches!(p.transport, Transport::Icmpv6(_))) >= 4);
    assert!(count(|p| matches!(p.transport, Transport::Fragment(..))) >= 8);
    assert!(count(|p| matches!(p.network, Network::Ipv4(_))) >= 10);
    assert!(count(|p| matches!(p.network, Network::Ipv6(_))) >= 10);
}

#[test]
fn a_recorded_arp_request() {
    let bytes = one(&["Request who-has 192.0.2.2"]);
    let parsed = Parsed::frame(&bytes).unwrap();
    let Network::Arp(arp) = parsed.network else {
        panic!("{parsed:?}");
    };
    assert_eq!(
        arp.repr(),
        arp::Repr {
            operation: arp::Operation::REQUEST,
            sender_hardware: MacAddr([2, 0, 0, 0, 0, 0x0a]),
            sender_protocol: Ipv4Addr::new(192, 0, 2, 1),
            target_hardware: MacAddr::UNSPECIFIED,
            target_protocol: Ipv4Addr::new(192, 0, 2, 2),
        }
    );
    assert_eq!(parsed.frame.unwrap().destination(), MacAddr::BROADCAST);
}

#[test]
fn a_recorded_syn() {
    let bytes = one(&["192.0.2.2.7777: Flags [S]"]);
    let Transport::Tcp(tcp) = Parsed::frame(&bytes).unwrap().transport else {
        panic!("not TCP");
    };
    assert_eq!(tcp.destination_port(), 7777);
    assert_eq!(tcp.flags(), Flags::SYN);
    assert_eq!(tcp.header_len(), 40);
    assert_eq!(tcp.segment_len(), 1);
    let options: Vec<_> = tcp.options().collect();
    assert!(
        matches!(
            options[..],
            [
                TcpOption::MaximumSegmentSize(1460),
                TcpOption::SackPermitted,
                TcpOption::Timestamps { echo_reply: 0, .. },
                TcpOption::NoOperation,
                TcpOption::WindowScale(_),
            ]
        ),
        "{options:?}"
    );
}

#[test]
fn a_recorded_fragment_is_not_taken_for_what_it_is_a_part_of() {
    for (texts, first) in [
        (["proto ICMP", "flags [+]"], true),
        (["proto ICMP", "offset 1480"], false),
        (["frag", ":0|1448"], true),
        (["frag", ":1448|160"], false),
    ] {
        let bytes = one(&texts);
        let parsed = Parsed::frame(&bytes).unwrap();
        let (offset, more) = match &parsed.network {
            Network::Ipv4(ip) => (ip.fragment_offset(), ip.more_fragments()),
            Network::Ipv6(ip) => {
                let fragment = ip.fragment().unwrap();
                (fragment.offset, fragment.more)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!((offset == 0, more), (first, first), "{texts:?}");
        assert!(matches!(parsed.transport, Transport::Fragment(..)));
    }
}

#[test]
fn recorded_errors_carry_the_packet_that_they_are_about() {
    let bytes = one(&["ICMP time exceeded"]);
    let Transport::Icmpv4(icmp) = Parsed::frame(&bytes).unwrap().transport
    else {
        panic!("not ICMP");
    };
    let icmp::V4::TimeExceeded {
        code: 0, original, ..
    } = icmp::V4::of(&icmp)
    else {
        panic!("{icmp:?}");
    };
    let original = Parsed::ip(original).unwrap();
    let Network::Ipv4(ip) = original.network else {
        panic!("{original:?}");
    };
    assert_eq!(ip.destination(), Ipv4Addr::new(198, 51, 100, 1));

    let bytes = one(&["udp port 9 unreachable"]);
    let Transport::Icmpv4(icmp) = Parsed::frame(&bytes).unwrap().transport
    else {
        panic!("not ICMP");
    };
    let icmp::V4::DestinationUnreachable {
        code: 3, original, ..
    } = icmp::V4::of(&icmp)
    else {
        panic!("{icmp:?}");
    };
    let Transport::Udp(udp) = Parsed::ip(original).unwrap().transport else {
        panic!("not UDP");
    };
    assert_eq!(udp.destination_port(), 9);
    assert_eq!(udp.payload(), b"hello");
}

#[test]
fn a_recorded_hop_by_hop_header_is_walked_over() {
    let bytes = one(&["HBH"]);
    let parsed = Parsed::frame(&bytes).unwrap();
    let Network::Ipv6(ip) = parsed.network else {
        panic!("{parsed:?}");
    };
    let kinds: Vec<_> = ip.extensions().map(|e| e.kind).collect();
    assert_eq!(kinds, [Protocol::HOP_BY_HOP]);
    assert!(matches!(parsed.transport, Transport::Icmpv6(_)));
}

#[test]
fn every_field_of_a_recorded_query() {
    let bytes = one(&["A? www.example.com. (33)"]);
    let fields = dissect(&bytes);
    let value = |layer, name| {
        let field = fields.iter().find(|f| (f.layer, f.name) == (layer, name));
        field.unwrap().value.as_str()
    };
    assert_eq!(value(Layer::Ethernet, "Type"), "0x0800 (IPv4)");
    assert_eq!(value(Layer::Ipv4, "IHL"), "5");
    assert_eq!(value(Layer::Ipv4, "DF"), "1");
    assert_eq!(value(Layer::Ipv4, "Total Length"), "61");
    assert_eq!(value(Layer::Udp, "Length"), "41");
    assert_eq!(value(Layer::Dns, "QNAME"), "www.example.com.");
    assert_eq!(value(Layer::Dns, "QTYPE"), "A");
    let checksums = fields.iter().filter(|f| f.note == "correct").count();
    assert_eq!(checksums, 2);
}

#[test]
fn a_datagram_on_another_port_is_dns_where_the_caller_says_so() {
    let bytes = one(&["udp port 9 unreachable"]);
    assert!(
        dissect(&bytes)
            .iter()
            .all(|field| field.layer != Layer::Dns)
    );
    let bytes = one(&["192.0.2.2.9: [udp sum ok]"]);
    let fields = Dissector { dns_port: 9 }.frame(&bytes);
    assert_tiles(&fields, &bytes);
    let last = fields.last().unwrap();
    assert_eq!((last.layer, last.name), (Layer::Dns, "unread"));
    let problem = last.problem.unwrap().problem;
    assert!(matches!(problem, Problem::Dns(_)), "{problem:?}");
}

// ---- what is wrong, by name ----

/// What `parse` says of a recorded frame when byte `at` is `byte`.
fn with(mut bytes: Vec<u8>, at: usize, byte: u8) -> String {
    bytes[at] = byte;
    Parsed::frame(&bytes).unwrap_err().to_string()
}

#[test]
fn errors_name_the_layer_the_byte_and_what_is_wrong() {
    let udp = || one(&["A? www.example.com. (33)"]);
    assert_eq!(with(udp(), 14, 0x55), "IPv4, byte 14: version 5");
    assert_eq!(with(udp(), 14, 0x44), "IPv4, byte 14: a header of 16 bytes");
    assert_eq!(
        with(udp(), 17, 19),
        "IPv4, byte 16: length 19 is less than the header's"
    );
    assert_eq!(
        with(udp(), 17, 62),
        "IPv4, byte 16: 62 bytes announced, 61 there"
    );
    assert_eq!(
        with(udp(), 39, 7),
        "UDP, byte 38: length 7 is less than the header's"
    );
    assert_eq!(
        with(udp(), 39, 42),
        "UDP, byte 38: 42 bytes announced, 41 there"
    );
    let syn = || one(&["192.0.2.2.7777: Flags [S]"]);
    assert_eq!(with(syn(), 46, 0x40), "TCP, byte 46: a header of 16 bytes");
    assert_eq!(
        with(syn(), 46, 0xf0),
        "TCP, byte 46: 60 bytes announced, 40 there"
    );
    assert_eq!(with(syn(), 55, 3), "TCP, byte 54: option 2 of length 3");
    assert_eq!(with(syn(), 55, 1), "TCP, byte 54: option 2 of length 1");
    assert_eq!(with(syn(), 55, 21), "TCP, byte 54: option 2 is cut off");
    let arp = || one(&["Request who-has 192.0.2.2"]);
    assert_eq!(with(arp(), 15, 6), "ARP, byte 14: 0x6 is not supported");
    let v6 = || one(&["ICMP6, echo request", "length 78"]);
    assert_eq!(with(v6(), 14, 0x45), "IPv6, byte 14: version 4");
    assert_eq!(
        with(v6(), 19, 25),
        "IPv6, byte 18: 65 bytes announced, 64 there"
    );
    let mld = || one(&["HBH"]);
    assert_eq!(
        with(mld(), 54, 0),
        "IPv6, byte 62: Hop-by-Hop Options behind another header"
    );
    assert_eq!(
        with(mld(), 55, 9),
        "IPv6, byte 54: 80 bytes announced, 56 there"
    );
    assert_eq!(with(mld(), 57, 200), "IPv6, byte 56: option 5 is cut off");
}

#[test]
fn a_wrong_checksum_is_an_error_of_its_own() {
    for (capture, at, layer) in [
        ("A? www.example.com. (33)", 24, Layer::Ipv4),
        ("A? www.example.com. (33)", 40, Layer::Udp),
        ("192.0.2.2.7777: Flags [S]", 50, Layer::Tcp),
        ("ICMP echo request, id", 36, Layer::Icmpv4),
        ("ICMP6, echo request", 56, Layer::Icmpv6),
    ] {
        let mut bytes = one(&[capture]);
        bytes[at] ^= 1;
        let parsed = Parsed::frame(&bytes).expect("the format is right");
        let error = parsed.verify_checksums().unwrap_err();
        assert_eq!((error.layer, error.at), (layer, at), "{error}");
        let Problem::Checksum { found, computed } = error.problem else {
            panic!("{error}");
        };
        assert_eq!(found ^ computed, 0x0100);
    }
}

#[test]
fn udp_without_a_checksum() {
    for (capture, at, allowed) in [
        ("A? www.example.com. (33)", 40, true),
        ("2001:db8::2.9: [udp sum ok]", 60, false),
    ] {
        let mut bytes = one(&[capture]);
        bytes[at..at + 2].fill(0);
        let verified = Parsed::frame(&bytes).unwrap().verify_checksums();
        match verified {
            Ok(()) => assert!(allowed),
            Err(error) => {
                assert!(!allowed);
                assert_eq!(error.problem, Problem::ChecksumMissing);
            }
        }
    }
}

#[test]
fn a_checksum_of_zero_is_sent_as_all_ones() {
    let ip = ipv4::Repr::new(
        Ipv4Addr::UNSPECIFIED,
        Ipv4Addr::UNSPECIFIED,
        Protocol::UDP,
    );
    let udp = udp::Repr {
        source_port: 0,
        destination_port: 0,
    };
    // The rest of the sum: the protocol, and the length twice.
    let payload = (0xffff_u16 - 17 - 10 - 10).to_be_bytes();
    let mut bytes = Vec::new();
    udp.emit(&ip.pseudo_header(), &payload, &mut bytes).unwrap();
    assert_eq!(bytes[6..8], [0xff, 0xff]);
    let udp = udp::Datagram::parse(&bytes).unwrap();
    udp.verify_checksum(&ip.pseudo_header()).unwrap();
}

/// Ones' complement has two zeros, and a receiver that adds everything up
/// takes either (RFC 1071 section 1). A router that updates a checksum as RFC
/// 1141 says may write the one that nobody computes (RFC 1624 section 5).
#[test]
fn both_zeros_are_a_checksum_of_zero() {
    let echo = icmp::V4::EchoRequest {
        identifier: 0xf7ff, // the type is 8
        sequence_number: 0,
        data: b"",
    };
    let mut bytes = Vec::new();
    echo.emit(&mut bytes).unwrap();
    assert_eq!(bytes[2..4], [0, 0]);
    let pseudo = ipv4::Repr::new(
        Ipv4Addr::LOCALHOST,
        Ipv4Addr::LOCALHOST,
        Protocol::TCP,
    )
    .pseudo_header();
    for zero in [[0, 0], [0xff, 0xff]] {
        bytes[2..4].copy_from_slice(&zero);
        let icmp = icmp::Packet::parse_v4(&bytes).unwrap();
        assert_eq!(icmp.verify_checksum(&pseudo), Ok(()), "{zero:?}");
    }

    let mut bytes = segment_with(&[]);
    bytes[16..18].fill(0);
    let mut sum = pseudo.sum(Protocol::TCP, bytes.len());
    sum.add(&bytes);
    bytes[18..20].copy_from_slice(&sum.finish().to_be_bytes());
    for (checksum, right) in [
        ([0, 0], true),
        ([0xff, 0xff], true),
        ([0, 1], false),
        ([0xff, 0xfe], false),
    ] {
        bytes[16..18].copy_from_slice(&checksum);
        let tcp = tcp::Segment::parse(&bytes).unwrap();
        let verified = tcp.verify_checksum(&pseudo);
        assert_eq!(verified.is_ok(), right, "{checksum:?}");
    }
}

#[test]
fn padding_behind_a_short_packet_is_not_payload() {
    let mut bytes = one(&["192.0.2.2.9: [udp sum ok]"]);
    let len = bytes.len();
    bytes.resize(60, 0);
    let Transport::Udp(udp) = Parsed::frame(&bytes).unwrap().transport else {
        panic!("not UDP");
    };
    assert_eq!(udp.payload(), b"hello");
    let fields = dissect(&bytes);
    assert_tiles(&fields, &bytes);
    let last = fields.last().unwrap();
    assert_eq!((last.layer, last.name), (Layer::Ethernet, "Padding"));
    assert_eq!(last.bytes, len..60);
}

#[test]
fn a_checksum_left_to_the_card_is_recognized() {
    let mut bytes = one(&["A? www.example.com. (33)"]);
    let parsed = Parsed::frame(&bytes).unwrap();
    let Network::Ipv4(ip) = parsed.network else {
        panic!("not IPv4");
    };
    let sum = ip.pseudo_header().sum(Protocol::UDP, ip.payload().len());
    // What `tcpdump -i lo` shows: the kernel left the rest undone.
    bytes[40..42].copy_from_slice(&sum.sum().to_be_bytes());
    let fields = dissect(&bytes);
    let checksum = fields.iter().find(|f| f.bytes == (40..42)).unwrap();
    assert!(checksum.note.contains("card"), "{checksum:?}");
    assert!(checksum.problem.is_some());
}

#[test]
fn a_checksum_that_fits_was_not_left_to_the_card() {
    // One datagram in 65,535 has the pseudo-header's sum for its checksum.
    let mut bytes = one(&["A? www.example.com. (33)"]);
    let Network::Ipv4(ip) = Parsed::frame(&bytes).unwrap().network else {
        panic!("not IPv4");
    };
    let wanted = ip.pseudo_header().sum(Protocol::UDP, 41).sum();
    // The DNS message's ID takes up the difference.
    let id = (0..=u16::MAX).find(|id| {
        bytes[42..44].copy_from_slice(&id.to_be_bytes());
        bytes[40..42].copy_from_slice(&wanted.to_be_bytes());
        Parsed::frame(&bytes).unwrap().verify_checksums().is_ok()
    });
    id.expect("every sum is some ID's");
    let fields = dissect(&bytes);
    let checksum = fields.iter().find(|f| f.bytes == (40..42)).unwrap();
    assert_eq!((&*checksum.note, &checksum.problem), ("correct", &None));
}

/// A TCP segment with these options, which are a multiple of four bytes, and
/// no data.
fn segment_with(options: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; tcp::HEADER_LEN];
    bytes[12] = (((tcp::HEADER_LEN + options.len()) / 4) << 4) as u8;
    bytes.extend(options);
    bytes
}

#[test]
fn tcp_options_of_impossible_lengths() {
    for (options, problem) in [
        (&[2, 3, 5, 0][..], Problem::OptionLength { kind: 2, len: 3 }),
        (&[3, 2, 0, 0], Problem::OptionLength { kind: 3, len: 2 }),
        (&[4, 3, 0, 0], Problem::OptionLength { kind: 4, len: 3 }),
        (&[5, 2, 0, 0], Problem::OptionLength { kind: 5, len: 2 }),
        (
            &[5, 11, 0, 0, 0, 1, 0, 0, 0, 2, 9, 0],
            Problem::OptionLength { kind: 5, len: 11 },
        ),
        (&[8, 4, 0, 0], Problem::OptionLength { kind: 8, len: 4 }),
        (&[99, 0, 0, 0], Problem::OptionLength { kind: 99, len: 0 }),
        (&[99, 1, 0, 0], Problem::OptionLength { kind: 99, len: 1 }),
        (&[1, 1, 1, 99], Problem::OptionCutOff { kind: 99 }),
        (&[1, 99, 4, 0], Problem::OptionCutOff { kind: 99 }),
    ] {
        let error = tcp::Segment::parse(&segment_with(options)).unwrap_err();
        assert_eq!(error.problem, problem, "{options:?}");
    }
    let five_blocks = segment_with(&[[5, 42].as_slice(), &[0; 38]].concat());
    let error = tcp::Segment::parse(&five_blocks).unwrap_err();
    assert_eq!(error.problem, Problem::OptionCutOff { kind: 5 });
    let unknown = segment_with(&[253, 4, 7, 7]);
    let unknown = tcp::Segment::parse(&unknown).unwrap();
    let data = &[7, 7];
    let expected = TcpOption::Unknown { kind: 253, data };
    assert_eq!(unknown.options().collect::<Vec<_>>(), [expected]);
}

#[test]
fn a_tcp_header_cut_off_by_one_byte() {
    let mut bytes = segment_with(&[1; 4]);
    bytes.pop();
    let error = tcp::Segment::parse(&bytes).unwrap_err();
    assert_eq!(error.problem, Problem::Truncated { need: 24, have: 23 });
    assert_eq!(error.at, 12);
}

#[test]
fn ipv4_options_and_lengths_that_contradict_each_other() {
    let repr = ipv4::Repr {
        options: OptionBytes::new(&[1, 7, 3, 4]).unwrap(),
        ..ipv4::Repr::new(
            Ipv4Addr::LOCALHOST,
            Ipv4Addr::LOCALHOST,
            Protocol(253),
        )
    };
    let mut bytes = Vec::new();
    repr.emit(0, &mut bytes).unwrap();
    let packet = ipv4::Packet::parse(&bytes).unwrap();
    assert_eq!(packet.repr(), repr);
    let problem = |at: usize, byte| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        ipv4::Packet::parse(&bytes).unwrap_err().problem
    };
    assert_eq!(problem(3, 23), Problem::LengthTooSmall(23));
    assert_eq!(problem(22, 0), Problem::OptionLength { kind: 7, len: 0 });
    assert_eq!(problem(22, 1), Problem::OptionLength { kind: 7, len: 1 });
    assert_eq!(problem(22, 4), Problem::OptionCutOff { kind: 7 });
}

#[test]
fn an_authentication_header_counts_in_words_of_four() {
    let ip = ipv6::Repr::new(
        Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
        Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
        Protocol::AH,
    );
    let udp = udp::Repr {
        source_port: 1,
        destination_port: 2,
    };
    // Next header, length, reserved, and five more words: 24 bytes, where the
    // other headers' way to count would make 40.
    let mut payload = vec![Protocol::UDP.0, 4];
    payload.resize(24, 0);
    udp.emit(&ip.pseudo_header(), b"a datagram of 26 b", &mut payload)
        .unwrap();
    let mut bytes = Vec::new();
    ip.emit(payload.len(), &mut bytes).unwrap();
    bytes.extend(payload);
    let Transport::Udp(datagram) = Parsed::ip(&bytes).unwrap().transport else {
        panic!("not UDP");
    };
    assert_eq!(datagram.repr(), udp);
    assert_tiles(&Dissector::default().ip(&bytes), &bytes);
    bytes[41] = 0;
    let error = Parsed::ip(&bytes).unwrap_err();
    assert_eq!(error.problem, Problem::HeaderTooShort(8));
    assert_eq!(error.at, 41);
}

#[test]
fn a_second_fragment_header_makes_nothing_whole() {
    let ip = ipv6::Repr::new(
        Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
        Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
        Protocol::FRAGMENT,
    );
    let part = [Protocol::FRAGMENT.0, 0, 0, 1, 0, 0, 0, 7]; // M is set
    let whole = [Protocol::UDP.0, 0, 0, 0, 0, 0, 0, 8];
    let udp = [0, 1, 0, 2, 0, 8, 0, 0];
    let mut bytes = Vec::new();
    ip.emit(24, &mut bytes).unwrap();
    bytes.extend([part, whole, udp].concat());
    let parsed = Parsed::ip(&bytes).unwrap();
    let part = Transport::Fragment(Protocol::UDP, &udp);
    assert_eq!(parsed.transport, part);
    // A header that says "whole" by itself is no obstacle (RFC 6946).
    bytes[43] = 0;
    let parsed = Parsed::ip(&bytes).unwrap();
    assert!(matches!(parsed.transport, Transport::Udp(_)), "{parsed:?}");
}

#[test]
fn an_echo_with_a_code_is_no_echo() {
    let packet = icmp::Packet::parse_v4(&[8, 1, 0, 0, 0, 1, 0, 2]).unwrap();
    assert!(matches!(icmp::V4::of(&packet), icmp::V4::Other { .. }));
    let packet = icmp::Packet::parse_v6(&[128, 1, 0, 0, 0, 1, 0, 2]).unwrap();
    assert!(matches!(icmp::V6::of(&packet), icmp::V6::Other { .. }));
}

#[test]
fn what_stands_between_and_behind_has_a_label_too() {
    let names = |bytes: &[u8], layer| -> Vec<&str> {
        let fields = Dissector::default().ip(bytes);
        assert_tiles(&fields, bytes);
        let of_layer = fields.iter().filter(|f| f.layer == layer);
        of_layer.map(|f| f.name).collect()
    };
    let ip = |protocol| {
        ipv4::Repr::new(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST, protocol)
    };
    let mut bytes = Vec::new();
    ip(Protocol::TCP).emit(24, &mut bytes).unwrap();
    bytes.extend(segment_with(&[0, 0, 0, 0]));
    assert_eq!(names(&bytes, Layer::Tcp)[17..], ["Option Kind", "Padding"]);

    let mut bytes = Vec::new();
    ip(Protocol::UDP).emit(8 + 2, &mut bytes).unwrap();
    let udp = udp::Repr {
        source_port: 1,
        destination_port: 2,
    };
    udp.emit(&ip(Protocol::UDP).pseudo_header(), b"", &mut bytes)
        .unwrap();
    bytes.extend([0, 0]); // in the packet, but not in the datagram
    assert_eq!(names(&bytes, Layer::Udp)[4..], ["surplus area"]);
}

#[test]
fn a_field_shows_its_own_bits() {
    let bytes = [0x45, 0x1e, 0, 0, 0, 0, 0x40, 0x05];
    let field = |bytes, bits| Field {
        bytes,
        bits,
        layer: Layer::Ipv4,
        name: "any",
        value: String::new(),
        note: String::new(),
        problem: None,
    };
    assert_eq!(field(0..2, None).octets(&bytes), "45 1e");
    assert_eq!(field(0..1, Some(0..4)).octets(&bytes), "0100....");
    assert_eq!(field(1..2, Some(6..8)).octets(&bytes), "......10");
    let offset = field(6..8, Some(3..16));
    assert_eq!(offset.octets(&bytes), "...00000 00000101");
    assert_eq!(offset.bit_range(), 51..64);
}

#[test]
fn extension_headers_end_at_a_bound() {
    let ip = ipv6::Repr::new(
        Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
        Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
        Protocol::DESTINATION_OPTIONS,
    );
    for (n, fits) in [(8, true), (9, false)] {
        let mut payload = Vec::new();
        for left in (0..n).rev() {
            let next = match left {
                0 => Protocol::NO_NEXT_HEADER,
                _ => Protocol::DESTINATION_OPTIONS,
            };
            payload.extend([next.0, 0, 1, 4, 0, 0, 0, 0]); // PadN
        }
        let mut bytes = Vec::new();
        ip.emit(payload.len(), &mut bytes).unwrap();
        bytes.extend(payload);
        match Parsed::ip(&bytes) {
            Ok(parsed) => {
                assert!(fits);
                assert_eq!(
                    parsed.transport,
                    Transport::Other(Protocol::NO_NEXT_HEADER, &[])
                );
            }
            Err(error) => {
                assert!(!fits, "{error}");
                assert_eq!(error.problem, Problem::TooManyExtensions);
                assert_eq!(error.at, 40 + 8 * 8);
            }
        }
        assert_tiles(&Dissector::default().ip(&bytes), &bytes);
    }
}

#[test]
fn what_does_not_fit_a_length_field_is_not_written() {
    let ip = ipv4::Repr::new(
        Ipv4Addr::LOCALHOST,
        Ipv4Addr::LOCALHOST,
        Protocol::UDP,
    );
    let mut out = Vec::new();
    let too_long = EmitError::TooLong {
        layer: Layer::Ipv4,
        len: 65_536,
        max: 65_535,
    };
    assert_eq!(ip.emit(65_516, &mut out), Err(too_long));
    ip.emit(65_515, &mut Vec::new()).unwrap();
    let udp = udp::Repr {
        source_port: 1,
        destination_port: 2,
    };
    let pseudo = ip.pseudo_header();
    assert!(udp.emit(&pseudo, &[0; 65_528], &mut out).is_err());
    udp.emit(&pseudo, &[0; 65_527], &mut Vec::new()).unwrap();
    assert!(out.is_empty());
    assert_eq!(OptionBytes::new(&[1; 41]), None);
    let clocks = TcpOption::Timestamps {
        value: 0,
        echo_reply: 0,
    };
    tcp::write_options(&[clocks; 4]).unwrap();
    assert!(tcp::write_options(&[clocks; 5]).is_err());
}

#[test]
fn the_longest_text_a_byte_can_make() {
    // A name of 255 bytes, none of which prints; then questions of six bytes
    // that point to it.
    let mut dns = vec![0x2a, 0x2a, 1, 0, 0, 201, 0, 0, 0, 0, 0, 0];
    for label in [63, 63, 63, 61] {
        dns.push(label);
        dns.extend(vec![1; usize::from(label)]);
    }
    dns.extend([0, 0xff, 0xff, 0xff, 0xff]);
    for _ in 0..200 {
        dns.extend([0xc0, 12, 0xff, 0xff, 0xff, 0xff]);
    }
    let mut frame = one(&["A? www.example.com. (33)"]);
    frame.truncate(42);
    frame[16..18].copy_from_slice(&(28 + dns.len() as u16).to_be_bytes());
    frame[38..40].copy_from_slice(&(8 + dns.len() as u16).to_be_bytes());
    frame.extend(dns);
    let fields = dissect(&frame);
    assert_tiles(&fields, &frame);
    let text = text_len(&fields);
    assert!(text <= MAX_TEXT_PER_BYTE * frame.len(), "{text}");
    assert!(text > MAX_TEXT_PER_BYTE / 2 * frame.len(), "{text}");
}

fn text_len(fields: &[Field]) -> usize {
    fields.iter().map(|f| f.value.len() + f.note.len()).sum()
}

// ---- any bytes ----

/// What holds of any bytes, whether they are a frame or not.
fn check(bytes: &[u8]) {
    let fields = dissect(bytes);
    assert_tiles(&fields, bytes);
    assert!(text_len(&fields) <= MAX_TEXT_PER_BYTE * bytes.len());
    let problems: Vec<Error> =
        fields.iter().filter_map(|field| field.problem).collect();
    match Parsed::frame(bytes) {
        Err(error) => {
            assert!(error.at <= bytes.len(), "{error}");
            // The dissector says the same, unless there is nothing to label.
            assert!(
                bytes.is_empty() || problems.contains(&error),
                "{error}, but {problems:?}"
            );
        }
        Ok(parsed) => {
            if let Err(error) = parsed.verify_checksums() {
                assert!(problems.contains(&error), "{error}, {problems:?}");
            } else {
                let dns = |e: &Error| matches!(e.problem, Problem::Dns(_));
                assert!(problems.iter().all(dns), "{problems:?}");
            }
            written_and_read_again(bytes, &parsed);
        }
    }
    let fields = Dissector::default().ip(bytes);
    assert_tiles(&fields, bytes);
    let _ = Parsed::ip(bytes);
}

/// What was accepted is written and read as the same.
fn written_and_read_again(bytes: &[u8], parsed: &Parsed<'_>) {
    if matches!(parsed.network, Network::Other(..)) {
        return;
    }
    let again = rewritten(parsed);
    let reread = Parsed::frame(&again).expect("what was written");
    reread.verify_checksums().expect("as it was written");
    assert_eq!(rewritten(&reread), again, "from {bytes:02x?}");
    match (&parsed.transport, &reread.transport) {
        (Transport::Udp(a), Transport::Udp(b)) => {
            assert_eq!((a.repr(), a.payload()), (b.repr(), b.payload()));
        }
        (Transport::Tcp(a), Transport::Tcp(b)) => {
            assert_eq!((a.repr(), a.payload()), (b.repr(), b.payload()));
        }
        (Transport::Icmpv4(a), Transport::Icmpv4(b)) => {
            assert_eq!(icmp::V4::of(a), icmp::V4::of(b));
        }
        (Transport::Icmpv6(a), Transport::Icmpv6(b)) => {
            assert_eq!(icmp::V6::of(a), icmp::V6::of(b));
        }
        (a, b) => assert_eq!(a, b),
    }
}

/// Bytes that are likely to be taken for an IP packet.
fn packet_like() -> impl Strategy<Value = Vec<u8>> {
    let ethertype = prop_oneof![
        Just(EtherType::IPV4.0),
        Just(EtherType::IPV6.0),
        Just(EtherType::ARP.0),
        Just(EtherType::VLAN.0),
        any::<u16>(),
    ];
    let version = prop_oneof![Just(0x45_u8), Just(0x46), Just(0x60)];
    (ethertype, version, vec(any::<u8>(), 0..120)).prop_map(
        |(ethertype, version, rest)| {
            let mut bytes = vec![0; 12];
            bytes.extend(ethertype.to_be_bytes());
            bytes.push(version);
            bytes.extend(rest);
            bytes
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(sample in sample()) {
        let bytes = sample.bytes();
        let parsed = Parsed::frame(&bytes).unwrap();
        parsed.verify_checksums().unwrap();
        prop_assert_eq!(parsed.frame.unwrap().repr(), sample.ethernet);
        match (&parsed.network, &sample.ip) {
            (Network::Ipv4(read), Ip::V4(ip)) => {
                prop_assert_eq!(&read.repr(), ip);
            }
            (Network::Ipv6(read), Ip::V6(ip)) => {
                prop_assert_eq!(&read.repr(), ip);
            }
            other => panic!("{other:?}"),
        }
        match (&parsed.transport, &sample.upper) {
            (Transport::Udp(read), Upper::Udp(udp)) => {
                prop_assert_eq!(&read.repr(), udp);
                prop_assert_eq!(read.payload(), sample.payload);
            }
            (Transport::Tcp(read), Upper::Tcp(tcp)) => {
                prop_assert_eq!(&read.repr(), tcp);
                prop_assert_eq!(read.payload(), sample.payload);
            }
            (Transport::Icmpv4(read), Upper::Echo { .. }) => {
                prop_assert_eq!(icmp::V4::of(read), sample.icmpv4());
            }
            (Transport::Icmpv6(read), Upper::Echo { .. }) => {
                prop_assert_eq!(icmp::V6::of(read), sample.icmpv6());
            }
            other => panic!("{other:?}"),
        }
        check(&bytes);
    }

    #[test]
    fn a_slice_takes_what_a_vec_takes(sample in sample(), len in 0..200_usize) {
        let bytes = sample.upper_bytes();
        let mut buffer = vec![0xee; len];
        let mut slice = &mut buffer[..];
        let pseudo = sample.pseudo();
        let written = match (sample.upper, &sample.ip) {
            (Upper::Udp(udp), _) => {
                udp.emit(&pseudo, &sample.payload, &mut slice)
            }
            (Upper::Tcp(tcp), _) => {
                tcp.emit(&pseudo, &sample.payload, &mut slice)
            }
            (_, Ip::V4(_)) => sample.icmpv4().emit(&mut slice),
            (_, Ip::V6(_)) => sample.icmpv6().emit(&pseudo, &mut slice),
        };
        match written {
            Ok(()) => {
                prop_assert_eq!(slice.len(), len - bytes.len());
                prop_assert_eq!(&buffer[..bytes.len()], &bytes[..]);
            }
            Err(error) => {
                let full = EmitError::NoRoom { need: bytes.len(), have: len };
                prop_assert_eq!(error, full);
                prop_assert!(buffer.iter().all(|&byte| byte == 0xee));
            }
        }
    }

    #[test]
    fn any_bytes_are_labeled_and_refused_or_read(
        bytes in vec(any::<u8>(), 0..200)
    ) {
        check(&bytes);
    }

    #[test]
    fn bytes_like_a_packets_are_labeled_and_refused_or_read(
        bytes in packet_like()
    ) {
        check(&bytes);
    }

    #[test]
    fn damaged_packets_are_labeled_and_refused_or_read(bytes in damaged()) {
        check(&bytes);
    }
}

#[test]
fn every_beginning_of_a_recorded_frame_is_labeled() {
    for Capture { bytes, .. } in captures() {
        for len in 0..bytes.len().min(150) {
            check(&bytes[..len]);
        }
    }
}

#[test]
fn a_minimal_frame_has_sixty_bytes() {
    assert_eq!(ethernet::HEADER_LEN + ethernet::MIN_PAYLOAD, 60);
}
