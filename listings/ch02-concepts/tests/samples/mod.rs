//! Packets to test with: recorded ones, and made-up ones.

use std::net::{Ipv4Addr, Ipv6Addr};

use ch02_concepts::packet::checksum::PseudoHeader;
use ch02_concepts::packet::ethernet::{EtherType, MacAddr, Tag};
use ch02_concepts::packet::tcp::{Flags, SackBlocks, TcpOption, write_options};
use ch02_concepts::packet::{
    OptionBytes, Protocol, ethernet, icmp, ipv4, ipv6, tcp, udp,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A recorded frame.
pub struct Capture {
    /// What tcpdump says of it.
    pub text: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What `captures/record.sh` recorded.
pub fn captures() -> Vec<Capture> {
    let mut captures: Vec<Capture> = Vec::new();
    for line in include_str!("../captures/veth.txt").lines() {
        let dump = line.strip_prefix("\t0x");
        if let Some((_, hex)) = dump.and_then(|dump| dump.split_once(':')) {
            let digits: Vec<u32> =
                hex.chars().filter_map(|c| c.to_digit(16)).collect();
            let bytes = digits.chunks(2).map(|d| (d[0] << 4 | d[1]) as u8);
            captures.last_mut().unwrap().bytes.extend(bytes);
        } else if line.starts_with(char::is_whitespace) {
            captures.last_mut().unwrap().text += line;
        } else {
            captures.push(Capture {
                text: line.to_owned(),
                bytes: Vec::new(),
            });
        }
    }
    captures
}

/// A made-up frame.
#[derive(Debug, Clone)]
pub struct Sample {
    pub ethernet: ethernet::Repr,
    pub ip: Ip,
    pub upper: Upper,
    pub payload: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
pub enum Ip {
    V4(ipv4::Repr),
    V6(ipv6::Repr),
}

#[derive(Debug, Clone, Copy)]
pub enum Upper {
    Udp(udp::Repr),
    Tcp(tcp::Repr),
    Echo { reply: bool, id: u16, sequence: u16 },
}

impl Sample {
    pub fn pseudo(&self) -> PseudoHeader {
        match &self.ip {
            Ip::V4(ip) => ip.pseudo_header(),
            Ip::V6(ip) => ip.pseudo_header(),
        }
    }

    /// What the IP packet carries.
    pub fn upper_bytes(&self) -> Vec<u8> {
        let (pseudo, payload) = (self.pseudo(), &self.payload[..]);
        let mut bytes = Vec::new();
        match (self.upper, &self.ip) {
            (Upper::Udp(udp), _) => udp.emit(&pseudo, payload, &mut bytes),
            (Upper::Tcp(tcp), _) => tcp.emit(&pseudo, payload, &mut bytes),
            (Upper::Echo { .. }, Ip::V4(_)) => self.icmpv4().emit(&mut bytes),
            (Upper::Echo { .. }, Ip::V6(_)) => {
                self.icmpv6().emit(&pseudo, &mut bytes)
            }
        }
        .unwrap();
        bytes
    }

    pub fn icmpv4(&self) -> icmp::V4<'_> {
        let Upper::Echo {
            reply,
            id: identifier,
            sequence: sequence_number,
        } = self.upper
        else {
            panic!("no echo");
        };
        let data = &self.payload[..];
        match reply {
            true => icmp::V4::EchoReply {
                identifier,
                sequence_number,
                data,
            },
            false => icmp::V4::EchoRequest {
                identifier,
                sequence_number,
                data,
            },
        }
    }

    pub fn icmpv6(&self) -> icmp::V6<'_> {
        let Upper::Echo {
            reply,
            id: identifier,
            sequence: sequence_number,
        } = self.upper
        else {
            panic!("no echo");
        };
        let data = &self.payload[..];
        match reply {
            true => icmp::V6::EchoReply {
                identifier,
                sequence_number,
                data,
            },
            false => icmp::V6::EchoRequest {
                identifier,
                sequence_number,
                data,
            },
        }
    }

    /// The frame.
    pub fn bytes(&self) -> Vec<u8> {
        let upper = self.upper_bytes();
        let mut bytes = Vec::new();
        self.ethernet.emit(&mut bytes).unwrap();
        match &self.ip {
            Ip::V4(ip) => ip.emit(upper.len(), &mut bytes),
            Ip::V6(ip) => ip.emit(upper.len(), &mut bytes),
        }
        .unwrap();
        bytes.extend(upper);
        bytes
    }
}

fn mac() -> impl Strategy<Value = MacAddr> {
    any::<[u8; 6]>().prop_map(MacAddr)
}

fn ports() -> impl Strategy<Value = (u16, u16)> {
    // Among them port 53, so that the dissector sees what is no DNS there.
    let port = prop_oneof![4 => any::<u16>(), 1 => Just(53)];
    (port.clone(), port)
}

fn ethernet_repr() -> impl Strategy<Value = ethernet::Repr> {
    let tag = (0..8_u8, any::<bool>(), 0..0x1000_u16).prop_map(
        |(priority, drop_eligible, vlan)| Tag {
            priority,
            drop_eligible,
            vlan,
        },
    );
    (mac(), mac(), option::of(tag)).prop_map(|(destination, source, tag)| {
        ethernet::Repr {
            destination,
            source,
            tag,
            ethertype: EtherType::IPV4,
        }
    })
}

/// Options of no kind in particular, each well-formed.
fn ipv4_options() -> impl Strategy<Value = OptionBytes> {
    let option =
        (2..=255_u8, vec(any::<u8>(), 0..8)).prop_map(|(kind, data)| {
            [&[kind, 2 + data.len() as u8], &data[..]].concat()
        });
    let nop = Just(vec![ipv4::Ipv4Option::NO_OPERATION]);
    let options = vec(prop_oneof![option, nop], 0..4);
    options.prop_map(|o| OptionBytes::new(&o.concat()).unwrap())
}

fn ipv4_repr() -> impl Strategy<Value = ipv4::Repr> {
    let service = (0..64_u8, 0..4_u8, any::<u16>(), any::<bool>());
    let rest = (any::<u8>(), any::<Ipv4Addr>(), any::<Ipv4Addr>());
    (service, rest, ipv4_options()).prop_map(|(service, rest, options)| {
        ipv4::Repr {
            dscp: service.0,
            ecn: service.1,
            identification: service.2,
            dont_fragment: service.3,
            more_fragments: false,
            fragment_offset: 0,
            ttl: rest.0,
            protocol: Protocol(255), // filled in by `sample`
            source: rest.1,
            destination: rest.2,
            options,
        }
    })
}

fn ipv6_repr() -> impl Strategy<Value = ipv6::Repr> {
    let first = (any::<u8>(), 0..0x10_0000_u32, any::<u8>());
    (first, any::<Ipv6Addr>(), any::<Ipv6Addr>()).prop_map(
        |(first, source, destination)| ipv6::Repr {
            traffic_class: first.0,
            flow_label: first.1,
            next_header: Protocol(255), // filled in by `sample`
            hop_limit: first.2,
            source,
            destination,
        },
    )
}

fn tcp_options() -> impl Strategy<Value = OptionBytes> {
    use TcpOption::*;
    let sack = vec(any::<(u32, u32)>(), 1..=3)
        .prop_map(|blocks| Sack(SackBlocks::new(&blocks).unwrap()));
    let option = prop_oneof![
        Just(NoOperation),
        any::<u16>().prop_map(MaximumSegmentSize),
        any::<u8>().prop_map(WindowScale),
        Just(SackPermitted),
        sack,
        any::<(u32, u32)>()
            .prop_map(|(value, echo_reply)| Timestamps { value, echo_reply }),
    ];
    vec(option, 0..5).prop_map(|mut options| {
        loop {
            match write_options(&options) {
                Ok(bytes) => return bytes,
                Err(_) => options.pop(),
            };
        }
    })
}

fn upper() -> impl Strategy<Value = Upper> {
    let udp = ports().prop_map(|(source_port, destination_port)| udp::Repr {
        source_port,
        destination_port,
    });
    let tcp = (ports(), any::<(u32, u32, u8, u16, u16)>(), tcp_options());
    let tcp = tcp.prop_map(|(ports, numbers, options)| tcp::Repr {
        source_port: ports.0,
        destination_port: ports.1,
        sequence_number: numbers.0,
        acknowledgment_number: numbers.1,
        flags: Flags(numbers.2),
        window: numbers.3,
        urgent_pointer: numbers.4,
        options,
    });
    let echo = any::<(bool, u16, u16)>().prop_map(|(reply, id, sequence)| {
        Upper::Echo {
            reply,
            id,
            sequence,
        }
    });
    prop_oneof![udp.prop_map(Upper::Udp), tcp.prop_map(Upper::Tcp), echo]
}

/// Any frame that carries UDP, TCP or an echo.
pub fn sample() -> impl Strategy<Value = Sample> {
    let ip =
        prop_oneof![ipv4_repr().prop_map(Ip::V4), ipv6_repr().prop_map(Ip::V6)];
    (ethernet_repr(), ip, upper(), vec(any::<u8>(), 0..48)).prop_map(
        |(mut ethernet, mut ip, upper, payload)| {
            let protocol = match (&ip, &upper) {
                (_, Upper::Udp(_)) => Protocol::UDP,
                (_, Upper::Tcp(_)) => Protocol::TCP,
                (Ip::V4(_), Upper::Echo { .. }) => Protocol::ICMP,
                (Ip::V6(_), Upper::Echo { .. }) => Protocol::ICMPV6,
            };
            match &mut ip {
                Ip::V4(ip) => ip.protocol = protocol,
                Ip::V6(ip) => {
                    ip.next_header = protocol;
                    ethernet.ethertype = EtherType::IPV6;
                }
            }
            Sample {
                ethernet,
                ip,
                upper,
                payload,
            }
        },
    )
}

/// What happens to bytes on their way: some are changed, most often to a
/// number that means something, some are cut off, some are added.
pub fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let captured: Vec<Vec<u8>> = captures()
        .into_iter()
        .map(|capture| capture.bytes)
        .collect();
    let whole = prop_oneof![
        sample().prop_map(|sample| sample.bytes()),
        select(captured)
    ];
    let telling = [0, 1, 2, 4, 5, 6, 8, 17, 44, 51, 58, 60, 0x45, 0x81, 255];
    let byte = prop_oneof![any::<u8>(), select(telling.to_vec())];
    // Headers stand at the front: the index is drawn from the first 80 bytes
    // as often as from all of them.
    let place = (any::<bool>(), any::<Index>());
    let changes = vec((place, byte), 0..4);
    let cut = option::weighted(0.3, any::<Index>());
    let more = vec(any::<u8>(), 0..8);
    (whole, changes, cut, more).prop_map(|(mut bytes, changes, cut, more)| {
        for ((front, index), byte) in changes {
            let within = if front {
                bytes.len().min(80)
            } else {
                bytes.len()
            };
            bytes[index.index(within)] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes.extend(more);
        bytes
    })
}
