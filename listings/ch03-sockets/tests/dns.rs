//! The DNS codec against vectors made by hand and against random octets.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::{Ipv4Addr, Ipv6Addr};

use ch03_sockets::dns::name::{MAX_POINTERS, Suffixes};
use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{
    Class, CnameLoop, Data, DecodeError, Header, Message, Mismatch, Name,
    Opcode, Problem, Question, Rcode, Record, Type,
};
use proptest::prelude::*;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// The names of the example in RFC 1035 §4.1.4, at the offsets it has them.
fn rfc_example() -> Vec<u8> {
    let mut octets = vec![0xff; 20];
    octets.extend(b"\x01F\x03ISI\x04ARPA\x00");
    octets.resize(40, 0xff);
    octets.extend(b"\x03FOO\xc0\x14");
    octets.resize(64, 0xff);
    octets.extend(b"\xc0\x1a");
    octets.resize(92, 0xff);
    octets.extend(b"\x00");
    octets
}

#[test]
fn rfc_1035_4_1_4_the_example_is_read() {
    let octets = rfc_example();
    let read = |at| Name::read(&octets, at).unwrap();
    assert_eq!(read(20), (name("F.ISI.ARPA"), 32));
    assert_eq!(read(40), (name("FOO.F.ISI.ARPA"), 46));
    assert_eq!(read(64), (name("ARPA"), 66));
    assert_eq!(read(92), (Name::root(), 93));
}

#[test]
fn rfc_1035_4_1_4_the_example_is_written() {
    let (mut octets, mut suffixes) = (vec![0xff; 20], Suffixes::default());
    name("F.ISI.ARPA").write(&mut octets, &mut suffixes);
    octets.resize(40, 0xff);
    name("FOO.F.ISI.ARPA").write(&mut octets, &mut suffixes);
    octets.resize(64, 0xff);
    name("ARPA").write(&mut octets, &mut suffixes);
    octets.resize(92, 0xff);
    Name::root().write(&mut octets, &mut suffixes);
    assert_eq!(octets, rfc_example());
}

#[test]
fn names_beyond_the_reach_of_a_pointer_are_written_out() {
    let (mut octets, mut suffixes) = (vec![0; 0x4000], Suffixes::default());
    name("a.b").write(&mut octets, &mut suffixes);
    name("a.b").write(&mut octets, &mut suffixes);
    assert_eq!(&octets[0x4000..], b"\x01a\x01b\0\x01a\x01b\0");
}

#[test]
fn a_response_made_by_hand() {
    let octets = [
        b"\x12\x34\x81\x80\0\x01\0\x02\0\0\0\x01".as_slice(),
        b"\x03www\x07example\x03com\0\0\x01\0\x01",
        b"\xc0\x0c\0\x05\0\x01\0\0\x0e\x10\0\x06\x03web\xc0\x10",
        b"\xc0\x2d\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01",
        b"\0\0\x29\x04\xd0\0\0\0\0\0\0",
    ]
    .concat();
    let message = Message::decode(&octets).unwrap();
    assert_eq!(
        message,
        Message {
            header: Header {
                response: true,
                recursion_available: true,
                ..Header::query(0x1234)
            },
            questions: vec![Question {
                name: name("www.example.com"),
                qtype: Type::A,
                class: Class::IN,
            }],
            answers: vec![
                Record::new(
                    name("www.example.com"),
                    3600,
                    Data::Cname(name("web.example.com")),
                ),
                Record::new(
                    name("web.example.com"),
                    60,
                    Data::A(Ipv4Addr::new(192, 0, 2, 1)),
                ),
            ],
            authorities: vec![],
            additionals: vec![Record::opt(1232)],
        }
    );
    assert_eq!(message.udp_limit(), 1232);
    assert_eq!(message.encode().unwrap(), octets);
    for len in 0..octets.len() {
        let error = Message::decode(&octets[..len]).unwrap_err();
        assert!(error.at <= len, "{error}");
    }
}

#[test]
fn rfc_3597_4_names_in_opaque_rdata_are_uncompressed() {
    let octets = [
        b"\0\0\x80\0\0\x01\0\x01\0\0\0\0".as_slice(),
        b"\x07example\x03com\0\0\x0f\0\x01",
        b"\xc0\x0c\0\x0f\0\x01\0\0\0\0\0\x07\0\x0a\x02mx\xc0\x0c",
    ]
    .concat();
    let message = Message::decode(&octets).unwrap();
    let rdata = b"\0\x0a\x02mx\x07example\x03com\0".to_vec();
    assert_eq!(message.answers[0].data, Data::Opaque(Type::MX, rdata));
    let again = Message::decode(&message.encode().unwrap()).unwrap();
    assert_eq!(again, message);
}

/// A message whose question has the name `wire`.
fn asking(wire: &[u8]) -> Vec<u8> {
    let header = b"\0\0\0\0\0\x01\0\0\0\0\0\0";
    [&header[..], wire, b"\0\x01\0\x01"].concat()
}

#[test]
fn hostile_names_are_refused_where_they_go_wrong() {
    let error = |wire: &[u8]| Message::decode(&asking(wire)).unwrap_err();
    let at = |at, problem| DecodeError { at, problem };
    assert_eq!(error(b"\xc0\x0c"), at(12, Problem::PointerLoop));
    assert_eq!(error(b"\x01a\xc0\x0c"), at(14, Problem::PointerLoop));
    assert_eq!(error(b"\xc0\x0e\0"), at(12, Problem::PointerForward));
    assert_eq!(error(b"\x40"), at(12, Problem::ReservedLabelType(0x40)));
    assert_eq!(error(b"\xbf"), at(12, Problem::ReservedLabelType(0xbf)));
    let long = [b"\x3f".as_slice(), &[b'x'; 63]].concat().repeat(4);
    assert_eq!(error(&long), at(12 + 3 * 64, Problem::NameTooLong));
}

#[test]
fn a_chain_of_pointers_is_cut_off() {
    // Octet 0 is the root; each pointer leads to the one before it.
    let mut octets = vec![0];
    for n in 0..1000_u16 {
        let target = if n == 0 { 0 } else { 1 + 2 * (n - 1) };
        octets.extend((0xc000 | target).to_be_bytes());
    }
    let most = 1 + 2 * (MAX_POINTERS - 1);
    assert_eq!(Name::read(&octets, most).unwrap(), (Name::root(), most + 2));
    let error = Name::read(&octets, most + 2).unwrap_err();
    assert_eq!(error.problem, Problem::TooManyPointers);
}

#[test]
fn counts_rdlength_and_the_end_are_checked() {
    let problem = |octets: &[u8]| Message::decode(octets).unwrap_err().problem;
    let promises = b"\0\0\x80\0\0\0\xff\xff\xff\xff\xff\xff";
    assert_eq!(problem(promises), Problem::TooManyRecords);
    assert_eq!(problem(&[&asking(b"\0")[..], b"x"].concat()), {
        Problem::TrailingOctets
    });
    for (rdlength, rdata) in [(3, &[1; 3][..]), (5, &[1; 5])] {
        let header = b"\0\0\x80\0\0\0\0\x01\0\0\0\0\0\0\x01\0\x01\0\0\0\0\0";
        let octets = [&header[..], &[rdlength], rdata].concat();
        let wrong = match rdlength {
            3 => Problem::Truncated, // the message ends before the address
            _ => Problem::BadRdlength(Type::A),
        };
        assert_eq!(problem(&octets), wrong);
    }
}

#[test]
fn rfc_1034_3_6_2_a_chain_of_aliases_is_followed() {
    let alias = |from: &str, to: &str| {
        Record::new(name(from), 1, Data::Cname(name(to)))
    };
    let mut message = Message::query(1, name("a"), Type::A);
    message.answers = vec![
        Record::new(name("c"), 1, Data::A(Ipv4Addr::LOCALHOST)),
        alias("B", "C"),
        alias("a", "b"),
        Record::new(name("x"), 1, Data::A(Ipv4Addr::BROADCAST)),
    ];
    let asked = name("A");
    let found = message.answers_for(&asked, Type::A).unwrap();
    assert_eq!(*found.canonical, name("c"));
    let addresses: Vec<_> = found.addresses().collect();
    assert_eq!(addresses, [Ipv4Addr::LOCALHOST]);
    // Who asks for the alias itself gets it.
    let found = message.answers_for(&asked, Type::CNAME).unwrap();
    assert_eq!(found.records.len(), 1);

    message.answers = vec![alias("a", "b"), alias("b", "a")];
    assert_eq!(message.answers_for(&asked, Type::A), Err(CnameLoop));
}

#[test]
fn rfc_5452_9_1_a_response_has_to_match_its_query() {
    let query = Message::query(7, name("example.com"), Type::A);
    let good = Message::response_to(&query, Rcode::NOERROR);
    assert_eq!(good.check_response_to(&query), Ok(()));
    assert_eq!(query.check_response_to(&query), Err(Mismatch::NotAResponse));
    let mut bad = good.clone();
    bad.header.id = 8;
    assert_eq!(bad.check_response_to(&query), Err(Mismatch::Id(8)));
    let mut bad = good.clone();
    bad.header.opcode = Opcode::UPDATE;
    let wrong = Mismatch::Opcode(Opcode::UPDATE);
    assert_eq!(bad.check_response_to(&query), Err(wrong));
    let mut bad = good.clone();
    bad.questions[0].qtype = Type::AAAA;
    assert_eq!(bad.check_response_to(&query), Err(Mismatch::Questions));
    bad.questions.clear();
    assert_eq!(bad.check_response_to(&query), Err(Mismatch::Questions));
}

fn zone() -> Zone {
    let mut zone = Zone::new(name("example.com"))
        .with(name("www.example.com"), Data::Cname(name("example.com")))
        .with(name("away.example.com"), Data::Cname(name("example.org")))
        .with(
            name("lost.example.com"),
            Data::Cname(name("no.example.com")),
        )
        .with(
            name("loop.example.com"),
            Data::Cname(name("loop.example.com")),
        )
        .with(name("a.b.example.com"), Data::A(Ipv4Addr::LOCALHOST));
    for n in 0..40 {
        let ip = Ipv6Addr::from_bits(n);
        zone = zone.with(name("example.com"), Data::Aaaa(ip));
    }
    zone
}

#[test]
fn a_zone_answers() {
    let answer = |of: &str, qtype| {
        let query = Message::query(1, name(of), qtype);
        let response = zone().answer(&query).unwrap();
        assert_eq!(response.check_response_to(&query), Ok(()));
        (response.header.rcode, response.answers.len())
    };
    let aaaa = Type::AAAA;
    assert_eq!(answer("WWW.example.com", aaaa), (Rcode::NOERROR, 41));
    assert_eq!(answer("www.example.com", Type::A), (Rcode::NOERROR, 1));
    assert_eq!(answer("away.example.com", aaaa), (Rcode::NOERROR, 1));
    assert_eq!(answer("lost.example.com", aaaa), (Rcode::NXDOMAIN, 1));
    assert_eq!(answer("loop.example.com", aaaa), (Rcode::SERVFAIL, 0));
    assert_eq!(answer("no.example.com", aaaa), (Rcode::NXDOMAIN, 0));
    assert_eq!(answer("b.example.com", aaaa), (Rcode::NOERROR, 0));
    assert_eq!(answer("example.org", aaaa), (Rcode::REFUSED, 0));
}

#[test]
fn a_zone_answers_no_answer_and_names_a_broken_query() {
    let query = Message::query(9, name("example.com"), Type::A);
    let response = zone().answer(&query).unwrap();
    assert_eq!(zone().answer(&response), None);
    let mut broken = query.encode().unwrap();
    broken.truncate(20);
    let reply = zone().reply(&broken, Transport::Udp).unwrap();
    let reply = Message::decode(&reply).unwrap();
    assert_eq!((reply.header.id, reply.header.rcode), (9, Rcode::FORMERR));
    assert_eq!(zone().reply(&broken[..11], Transport::Udp), None);
    broken[2] |= 0x80; // a response, and broken
    assert_eq!(zone().reply(&broken, Transport::Udp), None);
}

#[test]
fn what_does_not_fit_is_left_out_and_tc_says_so() {
    let mut query = Message::query(9, name("example.com"), Type::AAAA);
    let reply = |query: &Message, transport| {
        let octets = query.encode().unwrap();
        let reply = zone().reply(&octets, transport).unwrap();
        let message = Message::decode(&reply).unwrap();
        (reply.len(), message.header.truncated, message.answers.len())
    };
    assert_eq!(reply(&query, Transport::Udp), (29, true, 0));
    // 29 of header and question, 28 an answer.
    assert_eq!(reply(&query, Transport::Tcp), (29 + 40 * 28, false, 40));
    query.additionals.push(Record::opt(1000));
    assert_eq!(reply(&query, Transport::Udp), (29 + 11, true, 0));
    query.additionals[0] = Record::opt(4096);
    let all = (29 + 40 * 28 + 11, false, 40);
    assert_eq!(reply(&query, Transport::Udp), all);
}

#[test]
fn rfc_6891_6_1_3_another_version_of_edns_is_refused() {
    let mut query = Message::query(9, name("example.com"), Type::AAAA);
    query.additionals.push(Record {
        ttl: 1 << 16,
        ..Record::opt(4096)
    });
    let response = zone().answer(&query).unwrap();
    assert_eq!(response.opt().unwrap().ttl >> 24, 1);
    assert_eq!(response.answers.len(), 0);
}

#[test]
fn rfc_6891_6_1_1_two_opt_records_are_a_format_error() {
    let mut query = Message::query(9, name("example.com"), Type::AAAA);
    query.additionals = vec![Record::opt(4096), Record::opt(512)];
    let response = zone().answer(&query).unwrap();
    assert_eq!(response.header.rcode, Rcode::FORMERR);
    assert_eq!(response.answers.len(), 0);
}

#[test]
fn rfc_9619_a_query_with_many_questions_is_not_repeated() {
    // Six octets a question, each of which the server would have to write
    // out in up to 255.
    let mut query = Message::query(9, name("example.com"), Type::AAAA);
    query.questions = vec![query.questions[0].clone(); 1000];
    let octets = query.encode().unwrap();
    for transport in [Transport::Udp, Transport::Tcp] {
        let reply = zone().reply(&octets, transport).expect("an error");
        let reply = Message::decode(&reply).unwrap();
        assert_eq!(reply.header.rcode, Rcode::FORMERR);
        assert_eq!(reply.questions, []);
    }
}

#[test]
fn records_of_another_class_are_no_answer() {
    let query = Message::query(9, name("a.example"), Type::A);
    let mut response = Message::response_to(&query, Rcode::NOERROR);
    let alias = Data::Cname(name("b.example"));
    response.answers = vec![
        Record::new(name("a.example"), 1, alias),
        Record::new(name("b.example"), 1, Data::A(Ipv4Addr::LOCALHOST)),
    ];
    let asked = name("a.example");
    let found = response.answers_for(&asked, Type::A).unwrap();
    assert_eq!(found.records.len(), 1);
    response.answers[0].class = Class::CH;
    let found = response.answers_for(&asked, Type::A).unwrap();
    assert_eq!((found.canonical, found.records.len()), (&asked, 0));
}

fn names() -> impl Strategy<Value = Name> {
    let label = prop_oneof![
        4 => prop::collection::vec(prop::sample::select(&b"abC.\\-"[..]), 1..4),
        1 => prop::collection::vec(any::<u8>(), 1..=63),
    ];
    prop::collection::vec(label, 0..6).prop_filter_map("too long", |labels| {
        let mut wire = Vec::new();
        for label in labels {
            wire.push(label.len() as u8);
            wire.extend(label);
        }
        wire.push(0);
        Name::read(&wire, 0).ok().map(|(name, _)| name)
    })
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let data = prop_oneof![
        any::<u32>().prop_map(|ip| Data::A(ip.into())),
        any::<u128>().prop_map(|ip| Data::Aaaa(ip.into())),
        names().prop_map(Data::Cname),
        names().prop_map(Data::Ns),
        names().prop_map(Data::Ptr),
        (256..=u16::MAX, prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(rtype, rdata)| Data::Opaque(Type(rtype), rdata)),
    ];
    let record = (names(), any::<u32>(), data)
        .prop_map(|(name, ttl, data)| Record::new(name, ttl, data));
    prop::collection::vec(record, 0..4)
}

fn messages() -> impl Strategy<Value = Message> {
    let question = (names(), any::<u16>(), any::<u16>()).prop_map(
        |(name, qtype, class)| Question {
            name,
            qtype: Type(qtype),
            class: Class(class),
        },
    );
    let questions = prop::collection::vec(question, 0..3);
    let sections = (records(), records(), records());
    (any::<u16>(), any::<u16>(), questions, sections).prop_map(
        |(id, bits, questions, (answers, authorities, additionals))| Message {
            header: Header::from_bits(id, bits),
            questions,
            answers,
            authorities,
            additionals,
        },
    )
}

/// As [`Name`]'s equality does not, this tells upper case from lower.
fn exactly(message: &Message) -> String {
    format!("{message:?}")
}

proptest! {
    #[test]
    fn a_message_survives_the_wire(message in messages()) {
        let octets = message.encode().unwrap();
        let again = Message::decode(&octets).unwrap();
        prop_assert_eq!(exactly(&again), exactly(&message));
        prop_assert_eq!(again.encode().unwrap(), octets);
    }

    #[test]
    fn every_truncation_is_an_error(message in messages()) {
        let octets = message.encode().unwrap();
        for len in 0..octets.len() {
            prop_assert!(Message::decode(&octets[..len]).is_err());
        }
    }

    #[test]
    fn a_name_survives_its_text(name in names()) {
        let again: Name = name.to_string().parse().unwrap();
        prop_assert_eq!(again.as_wire(), name.as_wire());
    }

    #[test]
    fn random_text_never_panics(text in any::<String>()) {
        let _ = text.parse::<Name>();
    }

    #[test]
    fn random_octets_never_panic(
        octets in prop::collection::vec(any::<u8>(), 0..600)
    ) {
        let _ = Message::decode(&octets);
        let _ = zone().reply(&octets, Transport::Udp);
    }

    /// What a mutation leaves legible can be written and read again.
    #[test]
    fn mutated_messages_are_refused_or_survive(
        message in messages(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..4)
    ) {
        let mut octets = message.encode().unwrap();
        for (index, mask) in flips {
            let at = index.index(octets.len());
            octets[at] ^= mask;
        }
        match Message::decode(&octets) {
            Err(error) => prop_assert!(error.at <= octets.len()),
            Ok(message) => {
                let again = message.encode().unwrap();
                let again = Message::decode(&again).unwrap();
                prop_assert_eq!(exactly(&again), exactly(&message));
            }
        }
    }
}
