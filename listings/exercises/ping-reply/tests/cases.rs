//! The cases of the exercise.

use std::net::Ipv4Addr;

use ch02_concepts::packet::icmp::V4;
use ch02_concepts::packet::{OptionBytes, Protocol, ipv4};

const ME: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const HOST: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
const ROUTER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
const ID: u16 = 0x1234;
const SEQUENCE: u16 = 5;
const DATA: &[u8] = b"is anybody there";

/// A packet with `payload`.
fn packet(ip: ipv4::Repr, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    ip.emit(payload.len(), &mut bytes).expect("short");
    bytes.extend(payload);
    bytes
}

fn icmp(from: Ipv4Addr, to: Ipv4Addr, message: V4<'_>) -> Vec<u8> {
    let mut payload = Vec::new();
    message.emit(&mut payload).expect("short");
    packet(ipv4::Repr::new(from, to, Protocol::ICMP), &payload)
}

fn echo_request(to: Ipv4Addr, identifier: u16, sequence: u16) -> Vec<u8> {
    let message = V4::EchoRequest {
        identifier,
        sequence_number: sequence,
        data: DATA,
    };
    icmp(ME, to, message)
}

fn echo_reply(from: Ipv4Addr, id: u16, sequence: u16, data: &[u8]) -> Vec<u8> {
    let message = V4::EchoReply {
        identifier: id,
        sequence_number: sequence,
        data,
    };
    icmp(from, ME, message)
}

fn unreachable(original: &[u8]) -> Vec<u8> {
    let message = V4::DestinationUnreachable {
        code: 1,
        rest: [0; 4],
        original,
    };
    icmp(ROUTER, ME, message)
}

fn time_exceeded(code: u8, original: &[u8]) -> Vec<u8> {
    let message = V4::TimeExceeded {
        code,
        rest: [0; 4],
        original,
    };
    icmp(ROUTER, ME, message)
}

macro_rules! asked {
    () => {
        Request {
            to: HOST,
            identifier: ID,
            sequence_number: SEQUENCE,
            data: DATA,
        }
    };
}

book_exercise::cases! {
    for ex_ping_reply;

    fn a_reply_is_the_answer() {
        let reply = echo_reply(HOST, ID, SEQUENCE, DATA);
        let found = answer(&reply, &asked!());
        assert_eq!(found, Some(Answer::Reply { ttl: 64 }));
    }

    fn a_reply_to_something_else_is_none() {
        let found = answer(&echo_reply(HOST, ID, SEQUENCE, DATA), &asked!());
        assert!(found.is_some());
        for other in [
            echo_reply(ROUTER, ID, SEQUENCE, DATA),
            echo_reply(HOST, ID + 1, SEQUENCE, DATA),
            echo_reply(HOST, ID, SEQUENCE - 1, DATA),
            echo_reply(HOST, ID, SEQUENCE, &DATA[1..]),
            echo_reply(HOST, ID, SEQUENCE, b""),
        ] {
            assert_eq!(answer(&other, &asked!()), None, "{other:?}");
        }
    }

    fn the_request_itself_is_no_answer() {
        let request = echo_request(HOST, ID, SEQUENCE);
        assert_eq!(answer(&request, &asked!()), None);
        let other = Request { to: ME, ..asked!() };
        let to_ourselves = echo_request(ME, ID, SEQUENCE);
        assert_eq!(answer(&to_ourselves, &other), None);
    }

    fn a_damaged_reply_is_none() {
        let reply = echo_reply(HOST, ID, SEQUENCE, DATA);
        for at in 20..24 {
            let mut damaged = reply.clone();
            damaged[at] ^= 0x10;
            assert_eq!(answer(&damaged, &asked!()), None, "byte {at}");
        }
    }

    fn a_router_says_that_it_cannot_deliver() {
        let request = echo_request(HOST, ID, SEQUENCE);
        let expected = Some(Answer::Unreachable { from: ROUTER, code: 1 });
        assert_eq!(answer(&unreachable(&request), &asked!()), expected);
        assert_eq!(answer(&unreachable(&request[..28]), &asked!()), expected);
    }

    fn a_router_says_that_the_ttl_was_used_up() {
        let mut request = echo_request(HOST, ID, SEQUENCE);
        request[8] = 0; // Its TTL when it got there.
        let expected = Some(Answer::TimeExceeded { from: ROUTER });
        let found = answer(&time_exceeded(0, &request), &asked!());
        assert_eq!(found, expected);
        let found = answer(&time_exceeded(0, &request[..28]), &asked!());
        assert_eq!(found, expected);
        let reassembly = time_exceeded(1, &request);
        assert_eq!(answer(&reassembly, &asked!()), None);
    }

    fn the_quoted_header_may_have_options() {
        let options = OptionBytes::new(&[1, 1, 1, 1, 1]).unwrap();
        let ip = ipv4::Repr::new(ME, HOST, Protocol::ICMP);
        let ip = ipv4::Repr { options, ..ip };
        let plain = echo_request(HOST, ID, SEQUENCE);
        let request = packet(ip, &plain[20..]);
        let found = answer(&unreachable(&request[..36]), &asked!());
        let expected = Some(Answer::Unreachable { from: ROUTER, code: 1 });
        assert_eq!(found, expected);
    }

    fn what_happened_to_other_packets_is_none() {
        let ours = echo_request(HOST, ID, SEQUENCE);
        assert!(answer(&unreachable(&ours), &asked!()).is_some());
        let udp = ipv4::Repr::new(ME, HOST, Protocol::UDP);
        let later = ipv4::Repr {
            fragment_offset: 1480,
            ..ipv4::Repr::new(ME, HOST, Protocol::ICMP)
        };
        let with = |at: usize, byte| {
            let mut other = ours.clone();
            other[at] = byte;
            other
        };
        for other in [
            echo_request(ROUTER, ID, SEQUENCE),
            echo_request(HOST, ID + 1, SEQUENCE),
            echo_request(HOST, ID, SEQUENCE + 1),
            echo_reply(HOST, ID, SEQUENCE, DATA),
            packet(udp, &ours[20..]),
            packet(later, &ours[20..]),
            with(20, 0), // An echo reply of ours.
            with(21, 1), // An echo request has code 0.
        ] {
            assert_eq!(answer(&unreachable(&other), &asked!()), None);
            assert_eq!(answer(&time_exceeded(0, &other), &asked!()), None);
        }
    }

    fn a_quotation_that_is_too_short_is_none() {
        let request = echo_request(HOST, ID, SEQUENCE);
        assert!(answer(&unreachable(&request[..28]), &asked!()).is_some());
        for length in 0..28 {
            let cut = unreachable(&request[..length]);
            assert_eq!(answer(&cut, &asked!()), None, "{length}");
        }
        for first in [0x40, 0x44, 0x4f, 0x65, 0x05] {
            let mut wrong = request.clone();
            wrong[0] = first;
            let found = answer(&unreachable(&wrong[..28]), &asked!());
            assert_eq!(found, None, "{first:#x}");
        }
    }

    fn a_header_length_below_five_words_is_none() {
        // Read with a header of 16 bytes, this address is an echo request.
        let to = Ipv4Addr::new(8, 0, 0, 1);
        let asked = Request { to, ..asked!() };
        let [a, b] = ID.to_be_bytes();
        let [c, d] = SEQUENCE.to_be_bytes();
        let mut original = echo_request(to, ID, SEQUENCE);
        assert!(answer(&unreachable(&original[..28]), &asked).is_some());
        original[0] = 0x44;
        original[20..24].copy_from_slice(&[a, b, c, d]);
        assert_eq!(answer(&unreachable(&original[..28]), &asked), None);
    }

    fn a_fragment_is_none() {
        let reply = echo_reply(HOST, ID, SEQUENCE, DATA);
        assert!(answer(&reply, &asked!()).is_some());
        let ip = ipv4::Repr::new(HOST, ME, Protocol::ICMP);
        let first = ipv4::Repr { more_fragments: true, ..ip };
        let last = ipv4::Repr { fragment_offset: 1480, ..ip };
        for ip in [first, last] {
            let fragment = packet(ip, &reply[20..]);
            assert_eq!(answer(&fragment, &asked!()), None);
        }
    }

    fn what_is_no_icmp_packet_is_none() {
        let reply = echo_reply(HOST, ID, SEQUENCE, DATA);
        assert!(answer(&reply, &asked!()).is_some());
        for length in 0..reply.len() {
            assert_eq!(answer(&reply[..length], &asked!()), None, "{length}");
        }
        let mut udp = reply.clone();
        udp[9] = Protocol::UDP.0;
        assert_eq!(answer(&udp, &asked!()), None);
        let mut ipv6 = reply;
        ipv6[0] = 0x65;
        assert_eq!(answer(&ipv6, &asked!()), None);
    }
}
