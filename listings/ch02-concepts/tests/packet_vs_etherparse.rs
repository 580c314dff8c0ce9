//! Our packets against those of the crate `etherparse`: what either writes,
//! the other reads the same, and damaged bytes are refused by both or read
//! the same by both, but for differences that are named here.
#![allow(clippy::unwrap_used, reason = "tests")]

mod samples;

use ch02_concepts::packet::ethernet::EtherType;
use ch02_concepts::packet::tcp::{Flags, TcpOption};
use ch02_concepts::packet::{
    Error, Layer, Network, Parsed, Problem, Protocol, Transport, ipv4, tcp,
};
use etherparse::{
    IpHeaders, Ipv4Header, Ipv6FlowLabel, Ipv6Header, NetSlice, PacketBuilder,
    SlicedPacket, TcpHeader, TcpOptionElement, TcpSlice, TransportSlice,
    VlanId, VlanPcp,
};
use proptest::prelude::*;

use samples::{Ip, Sample, Upper, captures, damaged, sample};

// ---- the same fields ----

/// Checks that both have read the same from `bytes`.
fn assert_same(ours: &Parsed<'_>, theirs: &SlicedPacket<'_>) {
    same_frame(ours, theirs);
    match (&ours.network, &theirs.net) {
        (Network::Arp(ours), Some(NetSlice::Arp(theirs))) => {
            assert_eq!(ours.operation().0, theirs.operation().0);
            let hardware = theirs.sender_hw_addr();
            assert_eq!(&ours.sender_hardware().0[..], hardware);
            let protocol = theirs.sender_protocol_addr();
            assert_eq!(&ours.sender_protocol().octets()[..], protocol);
            let hardware = theirs.target_hw_addr();
            assert_eq!(&ours.target_hardware().0[..], hardware);
            let protocol = theirs.target_protocol_addr();
            assert_eq!(&ours.target_protocol().octets()[..], protocol);
        }
        (Network::Ipv4(ours), Some(NetSlice::Ipv4(theirs))) => {
            same_ipv4(ours, theirs.header());
        }
        (Network::Ipv6(ours), Some(NetSlice::Ipv6(theirs))) => {
            let header = theirs.header();
            assert_eq!(ours.traffic_class(), header.traffic_class());
            assert_eq!(ours.flow_label(), header.flow_label().value());
            let len = usize::from(header.payload_length());
            assert_eq!(ours.payload().len(), len);
            assert_eq!(ours.next_header().0, header.next_header().0);
            assert_eq!(ours.hop_limit(), header.hop_limit());
            assert_eq!(ours.source(), header.source_addr());
            assert_eq!(ours.destination(), header.destination_addr());
            assert_eq!(ours.is_fragment(), theirs.is_payload_fragmented());
            assert_eq!(ours.upper_protocol().0, theirs.payload().ip_number.0);
            assert_eq!(ours.upper(), theirs.payload().payload);
        }
        (Network::Other(..), None) => {}
        (ours, theirs) => panic!("{ours:?}, but {theirs:?}"),
    }
    same_transport(&ours.transport, &theirs.transport);
}

fn same_frame(ours: &Parsed<'_>, theirs: &SlicedPacket<'_>) {
    let frame = ours.frame.expect("a frame");
    let ethernet = theirs.link.as_ref().and_then(|link| link.to_header());
    let ethernet = ethernet.expect("a link header").ethernet2().unwrap();
    assert_eq!(frame.destination().0, ethernet.destination);
    assert_eq!(frame.source().0, ethernet.source);
    let tag = theirs.vlan().map(|vlan| match vlan {
        etherparse::VlanSlice::SingleVlan(tag) => tag.to_header(),
        etherparse::VlanSlice::DoubleVlan(tags) => tags.outer.to_header(),
    });
    match (frame.tag(), tag) {
        (None, None) => assert_eq!(frame.ethertype().0, ethernet.ether_type.0),
        (Some(ours), Some(theirs)) => {
            assert_eq!(ours.priority, theirs.pcp.value());
            assert_eq!(ours.drop_eligible, theirs.drop_eligible_indicator);
            assert_eq!(ours.vlan, theirs.vlan_id.value());
            assert_eq!(frame.ethertype().0, theirs.ether_type.0);
        }
        (ours, theirs) => panic!("{ours:?}, but {theirs:?}"),
    }
}

fn same_ipv4(ours: &ipv4::Packet<'_>, theirs: etherparse::Ipv4HeaderSlice<'_>) {
    assert_eq!(ours.header_len(), usize::from(theirs.ihl()) * 4);
    assert_eq!(ours.dscp(), theirs.dcp().value());
    assert_eq!(ours.ecn(), theirs.ecn().value());
    assert_eq!(ours.total_len(), usize::from(theirs.total_len()));
    assert_eq!(ours.identification(), theirs.identification());
    assert_eq!(ours.dont_fragment(), theirs.dont_fragment());
    assert_eq!(ours.more_fragments(), theirs.more_fragments());
    let offset = usize::from(theirs.fragments_offset().value()) * 8;
    assert_eq!(ours.fragment_offset(), offset);
    assert_eq!(ours.ttl(), theirs.ttl());
    assert_eq!(ours.protocol().0, theirs.protocol().0);
    assert_eq!(ours.source(), theirs.source_addr());
    assert_eq!(ours.destination(), theirs.destination_addr());
    assert_eq!(ours.options(), theirs.options());
    assert_eq!(ours.header_checksum(), theirs.header_checksum());
    let computed = theirs.to_header().calc_header_checksum();
    // Their header has no reserved bit: they cannot add it up.
    if theirs.slice()[6] & 0x80 == 0 {
        let fits = computed == theirs.header_checksum();
        assert_eq!(ours.verify_checksum().is_ok(), fits);
    }
}

fn same_transport(ours: &Transport<'_>, theirs: &Option<TransportSlice<'_>>) {
    match (ours, theirs) {
        (Transport::Udp(ours), Some(TransportSlice::Udp(theirs))) => {
            assert_eq!(ours.source_port(), theirs.source_port());
            assert_eq!(ours.destination_port(), theirs.destination_port());
            assert_eq!(ours.len(), usize::from(theirs.length()));
            assert_eq!(ours.checksum(), theirs.checksum());
            assert_eq!(ours.payload(), theirs.payload());
        }
        (Transport::Tcp(ours), Some(TransportSlice::Tcp(theirs))) => {
            same_tcp(ours, theirs);
        }
        (Transport::Icmpv4(ours), Some(TransportSlice::Icmpv4(theirs))) => {
            assert_eq!(ours.kind(), theirs.type_u8());
            assert_eq!(ours.code(), theirs.code_u8());
            assert_eq!(ours.checksum(), theirs.checksum());
            assert_eq!(ours.rest(), theirs.bytes5to8());
        }
        (Transport::Icmpv6(ours), Some(TransportSlice::Icmpv6(theirs))) => {
            assert_eq!(ours.kind(), theirs.type_u8());
            assert_eq!(ours.code(), theirs.code_u8());
            assert_eq!(ours.checksum(), theirs.checksum());
            assert_eq!(ours.rest(), theirs.bytes5to8());
            assert_eq!(ours.data(), theirs.payload());
        }
        (
            Transport::None | Transport::Other(..) | Transport::Fragment(..),
            None,
        ) => {}
        (ours, theirs) => panic!("{ours:?}, but {theirs:?}"),
    }
}

fn same_tcp(ours: &tcp::Segment<'_>, theirs: &TcpSlice<'_>) {
    assert_eq!(ours.source_port(), theirs.source_port());
    assert_eq!(ours.destination_port(), theirs.destination_port());
    assert_eq!(ours.sequence_number(), theirs.sequence_number());
    let acknowledged = theirs.acknowledgment_number();
    assert_eq!(ours.acknowledgment_number(), acknowledged);
    assert_eq!(ours.header_len(), usize::from(theirs.data_offset()) * 4);
    let flags = [
        theirs.fin(),
        theirs.syn(),
        theirs.rst(),
        theirs.psh(),
        theirs.ack(),
        theirs.urg(),
        theirs.ece(),
        theirs.cwr(),
    ];
    let bits = flags.iter().rev().fold(0, |b, &f| b << 1 | u8::from(f));
    assert_eq!(ours.flags(), Flags(bits));
    assert_eq!(ours.window(), theirs.window_size());
    assert_eq!(ours.checksum(), theirs.checksum());
    assert_eq!(ours.urgent_pointer(), theirs.urgent_pointer());
    assert_eq!(ours.option_bytes(), theirs.options());
    assert_eq!(ours.payload(), theirs.payload());

    let ours = ours
        .options()
        .take_while(|option| *option != TcpOption::EndOfList);
    let mut theirs = theirs.options_iterator();
    for option in ours {
        match (option, theirs.next()) {
            // They know no other kinds and stop at the first.
            (TcpOption::Unknown { .. }, Some(Err(_))) => return,
            (option, Some(Ok(theirs))) => assert_eq!(same(option), theirs),
            (option, theirs) => panic!("{option:?}, but {theirs:?}"),
        }
    }
    assert_eq!(theirs.next(), None);
}

/// The option in their terms.
fn same(option: TcpOption<'_>) -> TcpOptionElement {
    match option {
        TcpOption::NoOperation => TcpOptionElement::Noop,
        TcpOption::MaximumSegmentSize(size) => {
            TcpOptionElement::MaximumSegmentSize(size)
        }
        TcpOption::WindowScale(shift) => TcpOptionElement::WindowScale(shift),
        TcpOption::SackPermitted => {
            TcpOptionElement::SelectiveAcknowledgementPermitted
        }
        TcpOption::Sack(blocks) => {
            let blocks = blocks.as_slice();
            let mut more = [None; 3];
            for (slot, block) in more.iter_mut().zip(&blocks[1..]) {
                *slot = Some(*block);
            }
            TcpOptionElement::SelectiveAcknowledgement(blocks[0], more)
        }
        TcpOption::Timestamps { value, echo_reply } => {
            TcpOptionElement::Timestamp(value, echo_reply)
        }
        other => panic!("{other:?} is none of theirs"),
    }
}

// ---- what they write ----

/// The same packet, written by them.
fn built(sample: &Sample) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2(
        sample.ethernet.source.0,
        sample.ethernet.destination.0,
    );
    let ip = ip_headers(sample);
    let builder = match sample.ethernet.tag {
        None => builder.ip(ip),
        Some(tag) => {
            let vlan = etherparse::SingleVlanHeader {
                pcp: VlanPcp::try_new(tag.priority).unwrap(),
                drop_eligible_indicator: tag.drop_eligible,
                vlan_id: VlanId::try_new(tag.vlan).unwrap(),
                ether_type: etherparse::EtherType(0), // they fill it in
            };
            builder.vlan(etherparse::VlanHeader::Single(vlan)).ip(ip)
        }
    };
    let (mut bytes, payload) = (Vec::new(), &sample.payload);
    match sample.upper {
        Upper::Udp(udp) => builder
            .udp(udp.source_port, udp.destination_port)
            .write(&mut bytes, payload),
        Upper::Tcp(tcp) => builder
            .tcp_header(tcp_header(&tcp))
            .write(&mut bytes, payload),
        Upper::Echo {
            reply,
            id,
            sequence,
        } => match (&sample.ip, reply) {
            (Ip::V4(_), false) => builder
                .icmpv4_echo_request(id, sequence)
                .write(&mut bytes, payload),
            (Ip::V4(_), true) => builder
                .icmpv4_echo_reply(id, sequence)
                .write(&mut bytes, payload),
            (Ip::V6(_), false) => builder
                .icmpv6_echo_request(id, sequence)
                .write(&mut bytes, payload),
            (Ip::V6(_), true) => builder
                .icmpv6_echo_reply(id, sequence)
                .write(&mut bytes, payload),
        },
    }
    .unwrap();
    bytes
}

fn ip_headers(sample: &Sample) -> IpHeaders {
    match &sample.ip {
        Ip::V4(ip) => IpHeaders::Ipv4(
            Ipv4Header {
                dscp: ip.dscp.try_into().unwrap(),
                ecn: ip.ecn.try_into().unwrap(),
                identification: ip.identification,
                dont_fragment: ip.dont_fragment,
                time_to_live: ip.ttl,
                source: ip.source.octets(),
                destination: ip.destination.octets(),
                options: ip.options.as_slice().try_into().unwrap(),
                ..Ipv4Header::default()
            },
            Default::default(),
        ),
        Ip::V6(ip) => IpHeaders::Ipv6(
            Ipv6Header {
                traffic_class: ip.traffic_class,
                flow_label: Ipv6FlowLabel::try_new(ip.flow_label).unwrap(),
                hop_limit: ip.hop_limit,
                source: ip.source.octets(),
                destination: ip.destination.octets(),
                ..Ipv6Header::default()
            },
            Default::default(),
        ),
    }
}

fn tcp_header(tcp: &tcp::Repr) -> TcpHeader {
    let set = |flag| tcp.flags.contains(flag);
    let mut header = TcpHeader::new(
        tcp.source_port,
        tcp.destination_port,
        tcp.sequence_number,
        tcp.window,
    );
    header.acknowledgment_number = tcp.acknowledgment_number;
    header.urgent_pointer = tcp.urgent_pointer;
    header.fin = set(Flags::FIN);
    header.syn = set(Flags::SYN);
    header.rst = set(Flags::RST);
    header.psh = set(Flags::PSH);
    header.ack = set(Flags::ACK);
    header.urg = set(Flags::URG);
    header.ece = set(Flags::ECE);
    header.cwr = set(Flags::CWR);
    header.set_options_raw(tcp.options.as_slice()).unwrap();
    header
}

// ---- where we differ ----

/// How our verdicts on the same bytes may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// We take a number up to 1500 for a length (IEEE 802.3 §3.2.6) and
    /// refuse one that is too large; they take every number for a type.
    LengthForType,
    /// They read a second tag, 802.1ad's, and MACsec; we leave them alone.
    MoreTags,
    /// We read ARP for Ethernet and IPv4 alone; they read any.
    OtherArp,
    /// We look into IPv4 options when we read the header; they never do.
    Ipv4Options,
    /// We look into TCP options when we read the header; they when asked.
    TcpOptions,
    /// They walk over an Authentication Header in IPv4; we do not.
    AhInIpv4,
    /// We look into Hop-by-Hop and Destination Options; they do not.
    Ipv6Options,
    /// We walk over eight extension headers; they have no limit.
    ManyExtensions,
    /// In a fragment that is not the first, what Next Header names is not at
    /// its beginning (RFC 8200 §4.5). They look for extension headers there.
    LaterFragment,
    /// They take IPv6's payload length 0 for "as much as there is", for the
    /// sake of jumbograms.
    Jumbogram,
    /// They take UDP's length 0 the same way; RFC 768 says 8 at least.
    ZeroUdpLength,
    /// They read ICMP over the other version of IP, and IGMP; we do not.
    OtherUpper,
    /// They refuse ICMP timestamps of any length but 20; we do not know them.
    IcmpTimestamp,
}

/// Which difference explains that we refuse and they accept.
fn only_we_refuse(error: &Error, bytes: &[u8]) -> Option<Difference> {
    Some(match (error.layer, error.problem) {
        // They may take the rest of the "type" for whatever follows.
        (Layer::Ethernet, Problem::Truncated { .. }) if error.at > 0 => {
            Difference::LengthForType
        }
        (Layer::Arp, _) => Difference::OtherArp,
        (Layer::Ipv4, problem) if is_option(problem) => Difference::Ipv4Options,
        (Layer::Tcp, problem) if is_option(problem) => Difference::TcpOptions,
        (Layer::Ipv6, problem) if is_option(problem) => Difference::Ipv6Options,
        (Layer::Ipv6, Problem::TooManyExtensions) => Difference::ManyExtensions,
        (Layer::Udp, Problem::LengthTooSmall(0)) => Difference::ZeroUdpLength,
        _ if is_jumbogram(bytes) => Difference::Jumbogram,
        _ => return None,
    })
}

fn is_option(problem: Problem) -> bool {
    matches!(
        problem,
        Problem::OptionLength { .. } | Problem::OptionCutOff { .. }
    )
}

/// Whether this is an IPv6 packet of payload length 0 with bytes behind it.
fn is_jumbogram(bytes: &[u8]) -> bool {
    let at = if bytes[12..14] == [0x81, 0] { 18 } else { 14 };
    let is_ipv6 = bytes[at - 2..at] == [0x86, 0xdd];
    is_ipv6 && bytes.len() > at + 40 && bytes[at + 4..at + 6] == [0, 0]
}

/// Which difference explains that they refuse, or read otherwise, what we
/// accept.
fn only_we_accept(ours: &Parsed<'_>, bytes: &[u8]) -> Option<Difference> {
    let tags = [0x8100, 0x88a8, 0x9100, 0x88e5];
    let other_upper = [1, 2, 58].map(Protocol);
    Some(match (&ours.network, &ours.transport) {
        (Network::Other(EtherType(kind), _), _) if tags.contains(kind) => {
            Difference::MoreTags
        }
        _ if is_jumbogram(bytes) => Difference::Jumbogram,
        (Network::Ipv4(ip), _) if ip.protocol() == Protocol::AH => {
            Difference::AhInIpv4
        }
        (Network::Ipv6(ip), _)
            if ip.fragment().is_some_and(|part| part.offset > 0) =>
        {
            Difference::LaterFragment
        }
        (_, Transport::Other(upper, _)) if other_upper.contains(upper) => {
            Difference::OtherUpper
        }
        (_, Transport::Icmpv4(icmp)) if [13, 14].contains(&icmp.kind()) => {
            Difference::IcmpTimestamp
        }
        _ => return None,
    })
}

/// Checks that both refuse `bytes` or read the same, or returns why not.
fn verdicts(bytes: &[u8]) -> Option<Difference> {
    let ours = Parsed::frame(bytes);
    let theirs = SlicedPacket::from_ethernet(bytes);
    match (&ours, &theirs) {
        (Err(_), Err(_)) => None,
        (Err(error), Ok(theirs)) => {
            let difference = only_we_refuse(error, bytes);
            assert!(difference.is_some(), "{error}, but {theirs:?}");
            if difference == Some(Difference::TcpOptions) {
                assert_option_refused_when_asked(theirs);
            }
            difference
        }
        (Ok(ours), Err(error)) => {
            let difference = only_we_accept(ours, bytes);
            assert!(difference.is_some(), "{ours:?}, but {error}");
            difference
        }
        (Ok(ours), Ok(theirs)) => {
            let difference = only_we_accept(ours, bytes);
            if difference.is_none() {
                assert_same(ours, theirs);
            }
            difference
        }
    }
}

/// They accept a segment with bad options, but not the options.
fn assert_option_refused_when_asked(theirs: &SlicedPacket<'_>) {
    let Some(TransportSlice::Tcp(tcp)) = &theirs.transport else {
        panic!("{theirs:?} is no TCP segment");
    };
    assert!(tcp.options_iterator().any(|option| option.is_err()));
}

proptest! {
    #[test]
    fn they_read_what_we_write(sample in sample()) {
        let bytes = sample.bytes();
        let ours = Parsed::frame(&bytes).unwrap();
        let theirs = SlicedPacket::from_ethernet(&bytes).unwrap();
        assert_same(&ours, &theirs);
    }

    #[test]
    fn both_write_the_same_bytes(sample in sample()) {
        let theirs = built(&sample);
        prop_assert_eq!(&sample.bytes(), &theirs);
        let ours = Parsed::frame(&theirs).unwrap();
        ours.verify_checksums().unwrap();
    }

    #[test]
    fn both_refuse_or_both_read_the_same(bytes in damaged()) {
        verdicts(&bytes);
    }
}

#[test]
fn both_read_recorded_frames_the_same() {
    for capture in captures() {
        let difference = verdicts(&capture.bytes);
        match difference {
            None | Some(Difference::LaterFragment) => {}
            other => panic!("{other:?}: {}", capture.text),
        }
    }
}

/// A recorded frame of which tcpdump says `text`, with some bytes changed.
fn changed(text: &str, changes: &[(usize, u8)]) -> Vec<u8> {
    let mut captures = captures().into_iter();
    let capture = captures.find(|capture| capture.text.contains(text));
    let mut bytes = capture.expect(text).bytes;
    for &(at, byte) in changes {
        bytes[at] = byte;
    }
    bytes
}

/// An IPv6 packet with nine Destination Options headers.
fn many_extensions() -> Vec<u8> {
    let mut bytes = changed("ICMP6, echo request", &[(20, 60), (19, 72)]);
    bytes.truncate(54);
    bytes.extend([60, 0, 1, 4, 0, 0, 0, 0].repeat(9));
    bytes[54 + 8 * 8] = 59; // the last: nothing follows
    bytes
}

#[test]
fn each_difference_is_one() {
    use Difference::*;
    let udp = "A? www.example.com. (33)";
    let syn = "192.0.2.2.7777: Flags [S]";
    let udp6 = "2001:db8::2.9: [udp sum ok]";
    let route = "options (NOP,RR";
    let mut igmp = changed(udp, &[(23, 2), (17, 27)]);
    igmp.truncate(14 + 27);
    let mut tags = changed(udp, &[(12, 0x88), (13, 0xa8)]);
    tags.truncate(14);
    for (difference, bytes) in [
        (LengthForType, changed(udp, &[(12, 0x05), (13, 0xdc)])),
        (MoreTags, tags),
        (OtherArp, changed("Request who-has", &[(15, 6)])),
        (Ipv4Options, changed(route, &[(36, 1)])),
        (TcpOptions, changed(syn, &[(55, 3)])),
        (AhInIpv4, changed(udp, &[(23, 51)])),
        (Ipv6Options, changed("HBH", &[(57, 200)])),
        (ManyExtensions, many_extensions()),
        (LaterFragment, changed(":1448|160", &[(54, 60), (63, 255)])),
        (Jumbogram, changed(udp6, &[(18, 0), (19, 0)])),
        (ZeroUdpLength, changed(udp, &[(39, 0)])),
        (OtherUpper, igmp),
        (IcmpTimestamp, changed("ICMP echo request, id", &[(34, 13)])),
    ] {
        assert_eq!(verdicts(&bytes), Some(difference));
        let ours = Parsed::frame(&bytes);
        let theirs = SlicedPacket::from_ethernet(&bytes);
        assert_ne!(ours.is_ok(), theirs.is_ok(), "{difference:?}");
    }
}
