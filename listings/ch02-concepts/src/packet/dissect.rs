//! A packet byte by byte: what each is called, and what it says.
//!
//! [`dissect()`] names every bit of its input once, whatever the input is: a
//! field that can be read has the name that its RFC gives it, what cannot be
//! read is labeled as that, and the field where it went wrong has the
//! [`Error`]. Its memory is bounded by the input's length: at most one field a
//! bit, and [`MAX_TEXT_PER_BYTE`] bytes of text for a byte of input.

use std::fmt::Write;
use std::ops::Range;

use ch03_sockets::dns::{self, Data, Message, Name};

use crate::packet::checksum::PseudoHeader;
use crate::packet::ethernet::{EtherType, Frame, MacAddr, Tag};
use crate::packet::tcp::{Flags, TcpOption};
use crate::packet::{
    Error, Layer, Problem, Protocol, arp, array, ethernet, icmp, ipv4, ipv6,
    tcp, udp,
};

/// How much text [`dissect()`] makes of a byte, at most. The worst are DNS names
/// of two bytes that point to one of 255 bytes, none of which prints.
pub const MAX_TEXT_PER_BYTE: usize = 200;
/// How many bytes of payload a field's value shows.
pub const PREVIEW: usize = 40;

/// Some bits of a packet, next to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The bytes that it takes or is part of.
    pub bytes: Range<usize>,
    /// Which bits of those, if not all: counted from the most significant bit
    /// of the first byte, as the figures in RFCs do.
    pub bits: Option<Range<usize>>,
    /// Whose field it is.
    pub layer: Layer,
    /// Its name, in its RFC's spelling.
    pub name: &'static str,
    /// What it says.
    pub value: String,
    /// What else there is to say about it; empty if nothing.
    pub note: String,
    /// What is wrong with it. The offset counts from the first byte of the
    /// input.
    pub problem: Option<Error>,
}

impl Field {
    /// Its bits, counted from the first of the input.
    pub fn bit_range(&self) -> Range<usize> {
        let first = self.bytes.start * 8;
        match &self.bits {
            Some(bits) => first + bits.start..first + bits.end,
            None => first..self.bytes.end * 8,
        }
    }

    /// Its bytes in hexadecimal, or, of a field that does not fill its bytes,
    /// its bits, with a dot for each bit that belongs to another: `0100....`.
    ///
    /// # Panics
    /// If `input` is not what was dissected.
    pub fn octets(&self, input: &[u8]) -> String {
        let bytes = &input[self.bytes.clone()];
        let mut text = String::new();
        for (n, byte) in bytes.iter().enumerate() {
            if n > 0 {
                text.push(' ');
            }
            match &self.bits {
                None => write!(text, "{byte:02x}"),
                Some(bits) => (0..8).try_for_each(|bit| {
                    let digit = char::from(b'0' + (byte >> (7 - bit) & 1));
                    let ours = bits.contains(&(n * 8 + bit));
                    text.write_char(if ours { digit } else { '.' })
                }),
            }
            .expect("a String takes any text");
        }
        text
    }
}

/// Labels an Ethernet frame, with DNS on port 53.
pub fn dissect(frame: &[u8]) -> Vec<Field> {
    Dissector::default().frame(frame)
}

/// How to dissect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dissector {
    /// The UDP port whose datagrams are DNS messages.
    pub dns_port: u16,
}

impl Default for Dissector {
    fn default() -> Self {
        Dissector { dns_port: 53 }
    }
}

impl Dissector {
    /// Labels an Ethernet frame. Nothing has no labels.
    pub fn frame(&self, bytes: &[u8]) -> Vec<Field> {
        let mut labels = Labels::new(bytes, *self);
        labels.ethernet(bytes.len());
        labels.fields
    }

    /// Labels an IP packet of either version. Nothing has no labels.
    pub fn ip(&self, bytes: &[u8]) -> Vec<Field> {
        let mut labels = Labels::new(bytes, *self);
        match bytes.first().map(|byte| byte >> 4) {
            Some(6) => labels.ipv6(bytes.len()),
            _ => labels.ipv4(bytes.len()),
        }
        labels.trailer(bytes.len(), "Padding");
        labels.fields
    }
}

/// The labels so far. Each method labels what comes next, so that together
/// they leave no gap; `end` is the byte behind what a layer may label.
struct Labels<'a> {
    input: &'a [u8],
    dissector: Dissector,
    /// The first bit that has no label.
    bit: usize,
    layer: Layer,
    fields: Vec<Field>,
}

impl<'a> Labels<'a> {
    fn new(input: &'a [u8], dissector: Dissector) -> Self {
        Labels {
            input,
            dissector,
            bit: 0,
            layer: Layer::Ethernet,
            fields: Vec::new(),
        }
    }

    /// The first byte that has no label.
    fn at(&self) -> usize {
        debug_assert!(self.bit.is_multiple_of(8), "between two bytes");
        self.bit / 8
    }

    /// The bytes without a label, up to `end`.
    fn rest(&self, end: usize) -> &'a [u8] {
        &self.input[self.at()..end]
    }

    /// Labels the next `len` bits.
    fn bits(&mut self, len: usize, name: &'static str, value: String) {
        let (begin, end) = (self.bit, self.bit + len);
        let first = begin / 8;
        let whole = begin.is_multiple_of(8) && end.is_multiple_of(8);
        self.fields.push(Field {
            bytes: first..end.div_ceil(8),
            bits: (!whole).then_some(begin - first * 8..end - first * 8),
            layer: self.layer,
            name,
            value,
            note: String::new(),
            problem: None,
        });
        self.bit = end;
    }

    /// Labels the next `len` bits with the number that they are.
    fn number(&mut self, len: usize, name: &'static str) -> u32 {
        let number = self.peek(len);
        self.bits(len, name, number.to_string());
        number
    }

    /// As [`Labels::number`], in hexadecimal.
    fn hex(&mut self, len: usize, name: &'static str) -> u32 {
        let number = self.peek(len);
        let digits = 2 + len.div_ceil(4);
        self.bits(len, name, format!("{number:#0digits$x}"));
        number
    }

    /// The number that the next `len` bits are, 32 at most.
    fn peek(&self, len: usize) -> u32 {
        (self.bit..self.bit + len).fold(0, |number, bit| {
            let digit = self.input[bit / 8] >> (7 - bit % 8) & 1;
            number << 1 | u32::from(digit)
        })
    }

    fn mac(&mut self, name: &'static str) {
        let mac = MacAddr(array(self.input, self.at()));
        self.bits(48, name, mac.to_string());
        if mac == MacAddr::BROADCAST {
            self.note("broadcast");
        } else if mac.is_group() {
            self.note("multicast");
        }
    }

    fn ipv4_address(&mut self, name: &'static str) {
        let octets: [u8; 4] = array(self.input, self.at());
        let address = std::net::Ipv4Addr::from(octets);
        self.bits(32, name, address.to_string());
    }

    fn ipv6_address(&mut self, name: &'static str) {
        let octets: [u8; 16] = array(self.input, self.at());
        let address = std::net::Ipv6Addr::from(octets);
        self.bits(128, name, address.to_string());
    }

    /// Labels bytes that are not interpreted, if there are any.
    fn data(&mut self, end: usize, name: &'static str) {
        let bytes = self.rest(end);
        if bytes.is_empty() {
            return;
        }
        let shown = &bytes[..bytes.len().min(PREVIEW)];
        let more = if shown.len() < bytes.len() { "…" } else { "" };
        let value = format!("\"{}\"{more}", shown.escape_ascii());
        self.bits(bytes.len() * 8, name, value);
        self.note(plural(bytes.len(), "byte"));
    }

    /// Labels what the link carried behind the packet, if anything.
    fn trailer(&mut self, end: usize, name: &'static str) {
        let len = self.rest(end).len();
        if len > 0 {
            self.layer = Layer::Ethernet;
            self.bits(len * 8, name, plural(len, "byte"));
        }
    }

    /// Labels what cannot be read because of `error`, which goes to the field
    /// where it is; if that has no label yet, to the unread bytes.
    fn unread(&mut self, error: Error, end: usize) {
        let len = self.rest(end).len();
        if len > 0 {
            self.layer = error.layer;
            self.bits(len * 8, "unread", plural(len, "byte"));
        }
        // From behind: of two fields at one byte, none is better than the
        // other, but the last labels are the innermost layer's.
        let at = error.at;
        let there = self.fields.iter().rposition(|f| f.bytes.contains(&at));
        let field = there.or(self.fields.len().checked_sub(1));
        if let Some(field) = field {
            self.fields[field].problem.get_or_insert(error);
        }
    }

    /// Adds a remark to the last label.
    fn note(&mut self, note: impl Into<String>) {
        if let Some(field) = self.fields.last_mut() {
            field.note = note.into();
        }
    }

    /// Adds what came out of a checksum to the label at byte `at`.
    fn verified(&mut self, at: usize, verified: Result<(), Error>) {
        let mut fields = self.fields.iter_mut().rev();
        let field = fields.find(|field| field.bytes.contains(&at));
        if let Some(field) = field {
            match verified {
                Ok(()) => field.note = "correct".to_owned(),
                Err(error) => {
                    let by = at - error.at;
                    field.problem = Some(error.shifted(by));
                }
            }
        }
    }

    // ---- the layers ----

    fn ethernet(&mut self, end: usize) {
        self.layer = Layer::Ethernet;
        let begin = self.at();
        let bytes = self.rest(end);
        let frame = Frame::parse(bytes).map_err(|e| e.shifted(begin));
        if bytes.len() >= ethernet::HEADER_LEN {
            self.mac("Destination Address");
            self.mac("Source Address");
            self.tag(end);
            let ethertype = EtherType(self.peek(16) as u16);
            self.bits(16, "Type", ethertype.to_string());
        }
        match frame {
            Err(error) => self.unread(error, end),
            Ok(frame) => {
                let inner = self.at() + frame.payload().len();
                self.ether_payload(frame.ethertype(), inner);
                self.trailer(end, "Padding");
            }
        }
    }

    fn tag(&mut self, end: usize) {
        let is_tag = self.peek(16) == u32::from(EtherType::VLAN.0);
        if is_tag && self.rest(end).len() >= ethernet::TAG_LEN + 2 {
            self.layer = Layer::Vlan;
            self.hex(16, "Tag Protocol Identifier");
            let tag = Tag::from_bits(self.peek(16) as u16);
            self.bits(3, "Priority Code Point", tag.priority.to_string());
            self.number(1, "Drop Eligible Indicator");
            self.number(12, "VLAN Identifier");
            self.layer = Layer::Ethernet;
        }
    }

    fn ether_payload(&mut self, ethertype: EtherType, end: usize) {
        match ethertype {
            EtherType::ARP => self.arp(end),
            EtherType::IPV4 => self.ipv4(end),
            EtherType::IPV6 => self.ipv6(end),
            _ => {
                self.layer = Layer::Payload;
                self.data(end, "Data");
            }
        }
    }

    fn arp(&mut self, end: usize) {
        self.layer = Layer::Arp;
        let begin = self.at();
        let bytes = self.rest(end);
        match arp::Packet::parse(bytes) {
            Err(error) => self.unread(error.shifted(begin), end),
            Ok(packet) => {
                self.number(16, "ar$hrd");
                self.note("Ethernet");
                self.hex(16, "ar$pro");
                self.note("IPv4");
                self.number(8, "ar$hln");
                self.number(8, "ar$pln");
                self.bits(16, "ar$op", packet.operation().to_string());
                self.mac("ar$sha");
                self.ipv4_address("ar$spa");
                self.mac("ar$tha");
                self.ipv4_address("ar$tpa");
            }
        }
    }

    fn ipv4(&mut self, end: usize) {
        self.layer = Layer::Ipv4;
        let begin = self.at();
        let bytes = self.rest(end);
        if bytes.len() >= ipv4::HEADER_LEN {
            self.ipv4_header();
        }
        let packet = match ipv4::Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(error) => return self.unread(error.shifted(begin), end),
        };
        self.ipv4_options(begin + packet.header_len());
        self.verified(begin + 10, packet.verify_checksum());
        let inner = begin + packet.total_len();
        let protocol = packet.protocol();
        let pseudo = packet.pseudo_header();
        match protocol {
            _ if packet.is_fragment() => self.fragment(inner),
            Protocol::ICMP => self.icmp(Layer::Icmpv4, &pseudo, inner),
            _ => self.transport(protocol, &pseudo, inner),
        }
    }

    fn ipv4_header(&mut self) {
        self.number(4, "Version");
        let words = self.number(4, "IHL");
        self.note(format!("in words of 4 bytes: {} bytes", words * 4));
        self.number(6, "DSCP");
        self.number(2, "ECN");
        self.number(16, "Total Length");
        self.hex(16, "Identification");
        self.number(1, "reserved");
        self.number(1, "DF");
        self.number(1, "MF");
        let units = self.number(13, "Fragment Offset");
        if units > 0 {
            self.note(format!("in units of 8 bytes: byte {}", units * 8));
        }
        self.number(8, "Time to Live");
        let protocol = Protocol(self.peek(8) as u8);
        self.bits(8, "Protocol", protocol.to_string());
        self.hex(16, "Header Checksum");
        self.ipv4_address("Source Address");
        self.ipv4_address("Destination Address");
    }

    fn ipv4_options(&mut self, end: usize) {
        for option in ipv4::options(self.rest(end)).flatten() {
            self.number(8, "Option Type");
            self.note(match option.kind {
                ipv4::Ipv4Option::END => "End of Option List",
                ipv4::Ipv4Option::NO_OPERATION => "No Operation",
                _ => "",
            });
            if option.len() > 1 {
                self.number(8, "Option Length");
                self.data(self.at() + option.data.len(), "Option Data");
            }
        }
        self.data(end, "Padding");
    }

    fn ipv6(&mut self, end: usize) {
        self.layer = Layer::Ipv6;
        let begin = self.at();
        let bytes = self.rest(end);
        if bytes.len() >= ipv6::HEADER_LEN {
            self.number(4, "Version");
            self.hex(8, "Traffic Class");
            self.hex(20, "Flow Label");
            self.number(16, "Payload Length");
            self.next_header();
            self.number(8, "Hop Limit");
            self.ipv6_address("Source Address");
            self.ipv6_address("Destination Address");
        }
        let packet = match ipv6::Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(error) => return self.unread(error.shifted(begin), end),
        };
        for extension in packet.extensions() {
            self.extension(&extension);
        }
        let inner = begin + ipv6::HEADER_LEN + packet.payload().len();
        let pseudo = packet.pseudo_header();
        let protocol = packet.upper_protocol();
        match protocol {
            _ if packet.is_fragment() => self.fragment(inner),
            Protocol::ICMPV6 => {
                self.icmp(Layer::Icmpv6, &pseudo, inner);
            }
            _ => self.transport(protocol, &pseudo, inner),
        }
    }

    fn next_header(&mut self) {
        let protocol = Protocol(self.peek(8) as u8);
        self.bits(8, "Next Header", protocol.to_string());
    }

    fn extension(&mut self, extension: &ipv6::Extension<'_>) {
        let end = self.at() + extension.bytes.len();
        self.next_header();
        match extension.kind {
            Protocol::FRAGMENT => {
                self.number(8, "Reserved");
                self.number(13, "Fragment Offset");
                self.number(2, "Res");
                self.number(1, "M");
                self.hex(32, "Identification");
            }
            Protocol::AH => {
                self.number(8, "Payload Len");
                self.data(end, "Authentication Data");
            }
            Protocol::ROUTING => {
                self.number(8, "Hdr Ext Len");
                self.number(8, "Routing Type");
                self.number(8, "Segments Left");
                self.data(end, "type-specific data");
            }
            _ => {
                self.number(8, "Hdr Ext Len");
                self.data(end, "Options");
            }
        }
    }

    /// A part of a payload, from the first or any later fragment.
    fn fragment(&mut self, end: usize) {
        self.layer = Layer::Payload;
        self.data(end, "Fragment");
    }

    fn transport(
        &mut self,
        protocol: Protocol,
        pseudo: &PseudoHeader,
        end: usize,
    ) {
        match protocol {
            Protocol::UDP => self.udp(pseudo, end),
            Protocol::TCP => self.tcp(pseudo, end),
            _ => {
                self.layer = Layer::Payload;
                self.data(end, "Data");
            }
        }
    }

    fn icmp(&mut self, layer: Layer, pseudo: &PseudoHeader, end: usize) {
        self.layer = layer;
        let begin = self.at();
        let bytes = self.rest(end);
        let packet = match layer {
            Layer::Icmpv6 => icmp::Packet::parse_v6(bytes),
            _ => icmp::Packet::parse_v4(bytes),
        };
        let packet = match packet {
            Ok(packet) => packet,
            Err(error) => return self.unread(error.shifted(begin), end),
        };
        let meaning = meaning(&packet, layer);
        self.number(8, "Type");
        self.note(meaning.name);
        self.number(8, "Code");
        self.hex(16, "Checksum");
        self.verified(begin + 2, packet.verify_checksum(pseudo));
        for &(bits, name) in meaning.rest {
            self.number(bits, name);
        }
        self.data(end, meaning.data);
    }

    fn udp(&mut self, pseudo: &PseudoHeader, end: usize) {
        self.layer = Layer::Udp;
        let begin = self.at();
        let bytes = self.rest(end);
        if bytes.len() >= udp::HEADER_LEN {
            self.number(16, "Source Port");
            self.number(16, "Destination Port");
            self.number(16, "Length");
            self.hex(16, "Checksum");
        }
        let datagram = match udp::Datagram::parse(bytes) {
            Ok(datagram) => datagram,
            Err(error) => return self.unread(error.shifted(begin), end),
        };
        let verified = datagram.verify_checksum(pseudo);
        self.verified(begin + 6, verified);
        let sum = pseudo.sum(Protocol::UDP, datagram.len()).sum();
        match datagram.checksum() {
            0 => self.note_at(begin + 6, "the sender made none"),
            found if found == sum && verified.is_err() => {
                self.left_to_the_card(begin + 6);
            }
            _ => {}
        }
        let inner = begin + datagram.len();
        let ports = [datagram.source_port(), datagram.destination_port()];
        if ports.contains(&self.dissector.dns_port) && self.at() < inner {
            self.dns(inner);
        } else {
            self.layer = Layer::Payload;
            self.data(inner, "data octets");
        }
        self.layer = Layer::Udp;
        self.data(end, "surplus area");
    }

    fn tcp(&mut self, pseudo: &PseudoHeader, end: usize) {
        self.layer = Layer::Tcp;
        let begin = self.at();
        let bytes = self.rest(end);
        if bytes.len() >= tcp::HEADER_LEN {
            self.tcp_header();
        }
        let segment = match tcp::Segment::parse(bytes) {
            Ok(segment) => segment,
            Err(error) => return self.unread(error.shifted(begin), end),
        };
        let verified = segment.verify_checksum(pseudo);
        self.verified(begin + 16, verified);
        let sum = pseudo.sum(Protocol::TCP, bytes.len()).sum();
        if segment.checksum() == sum && verified.is_err() {
            self.left_to_the_card(begin + 16);
        }
        for option in segment.options() {
            self.tcp_option(&option);
        }
        self.data(begin + segment.header_len(), "Padding");
        self.layer = Layer::Payload;
        self.data(end, "Data");
    }

    fn tcp_header(&mut self) {
        self.number(16, "Source Port");
        self.number(16, "Destination Port");
        self.number(32, "Sequence Number");
        self.number(32, "Acknowledgment Number");
        let words = self.number(4, "Data Offset");
        self.note(format!("in words of 4 bytes: {} bytes", words * 4));
        self.number(4, "Reserved");
        for name in Flags::NAMES.iter().rev() {
            self.number(1, name);
        }
        self.number(16, "Window");
        self.hex(16, "Checksum");
        self.number(16, "Urgent Pointer");
    }

    fn tcp_option(&mut self, option: &TcpOption<'_>) {
        let end = self.at() + option.len();
        self.number(8, "Option Kind");
        self.note(option.name());
        if option.len() > 1 {
            self.number(8, "Option Length");
        }
        match option {
            TcpOption::MaximumSegmentSize(_) => {
                self.number(16, "Maximum Segment Size");
            }
            TcpOption::WindowScale(shift) => {
                self.number(8, "shift.cnt");
                let factor = 1u32 << (*shift).min(tcp::MAX_WINDOW_SHIFT);
                self.note(format!("windows times {factor}"));
            }
            TcpOption::Sack(blocks) => {
                for _ in blocks.as_slice() {
                    self.number(32, "Left Edge");
                    self.number(32, "Right Edge");
                }
            }
            TcpOption::Timestamps { .. } => {
                self.number(32, "TS Value");
                self.number(32, "TS Echo Reply");
            }
            _ => self.data(end, "Option Data"),
        }
    }

    fn note_at(&mut self, at: usize, note: &str) {
        let mut fields = self.fields.iter_mut().rev();
        if let Some(field) = fields.find(|field| field.bytes.contains(&at)) {
            field.note = note.to_owned();
        }
    }

    fn left_to_the_card(&mut self, at: usize) {
        self.note_at(at, "pseudo-header only: the rest is left to the card");
    }

    // ---- DNS ----

    fn dns(&mut self, end: usize) {
        self.layer = Layer::Dns;
        let begin = self.at();
        let octets = self.rest(end);
        match Message::decode(octets) {
            Ok(message) => self.message(octets, &message, begin),
            Err(error) => {
                let error = Error {
                    layer: Layer::Dns,
                    at: begin + error.at,
                    problem: Problem::Dns(error),
                };
                self.unread(error, end);
            }
        }
    }

    fn message(&mut self, octets: &[u8], message: &Message, begin: usize) {
        self.hex(16, "ID");
        self.number(1, "QR");
        self.note(match message.header.response {
            true => "a response",
            false => "a query",
        });
        self.bits(4, "Opcode", message.header.opcode.to_string());
        for name in ["AA", "TC", "RD", "RA", "Z", "AD", "CD"] {
            self.number(1, name);
        }
        self.bits(4, "RCODE", message.header.rcode.to_string());
        for name in ["QDCOUNT", "ANCOUNT", "NSCOUNT", "ARCOUNT"] {
            self.number(16, name);
        }
        for question in &message.questions {
            self.name(octets, begin, "QNAME");
            self.bits(16, "QTYPE", question.qtype.to_string());
            self.bits(16, "QCLASS", question.class.to_string());
        }
        let sections =
            [&message.answers, &message.authorities, &message.additionals];
        for record in sections.into_iter().flatten() {
            self.record(octets, begin, record);
        }
    }

    fn record(&mut self, octets: &[u8], begin: usize, record: &dns::Record) {
        self.name(octets, begin, "NAME");
        self.bits(16, "TYPE", record.data.rtype().to_string());
        self.bits(16, "CLASS", record.class.to_string());
        self.number(32, "TTL");
        let len = self.number(16, "RDLENGTH") as usize;
        let value = match &record.data {
            Data::A(address) => address.to_string(),
            Data::Aaaa(address) => address.to_string(),
            Data::Cname(name) | Data::Ns(name) | Data::Ptr(name) => {
                name.to_string()
            }
            Data::Opaque(..) => plural(len, "byte"),
        };
        if len > 0 {
            self.bits(len * 8, "RDATA", value);
        }
    }

    /// A name of the message that begins at byte `begin`, compressed or not.
    fn name(&mut self, octets: &[u8], begin: usize, label: &'static str) {
        let at = self.at() - begin;
        let (name, end) = Name::read(octets, at)
            .expect("Message::decode has read the name here");
        self.bits((end - at) * 8, label, name.to_string());
    }
}

/// How a message of ICMP is laid out.
struct Meaning {
    name: &'static str,
    /// The second four bytes: how many bits each field has, and its name.
    rest: &'static [(usize, &'static str)],
    data: &'static str,
}

const ECHO: &[(usize, &str)] = &[(16, "Identifier"), (16, "Sequence Number")];
const ORIGINAL: &str = "original packet";

fn meaning(packet: &icmp::Packet<'_>, layer: Layer) -> Meaning {
    let kind = (layer == Layer::Icmpv6, packet.kind(), packet.code());
    let (name, rest, data): (_, &[_], _) = match kind {
        (false, 0, 0) => ("Echo Reply", ECHO, "Data"),
        (false, 8, 0) => ("Echo", ECHO, "Data"),
        (true, 128, 0) => ("Echo Request", ECHO, "Data"),
        (true, 129, 0) => ("Echo Reply", ECHO, "Data"),
        (false, 3, 4) => (
            "Destination Unreachable: fragmentation needed and DF set",
            &[(16, "unused"), (16, "Next-Hop MTU")],
            ORIGINAL,
        ),
        (false, 3, 3) | (true, 1, 4) => (
            "Destination Unreachable: port unreachable",
            &[(32, "unused")],
            ORIGINAL,
        ),
        (false, 3, _) | (true, 1, _) => {
            ("Destination Unreachable", &[(32, "unused")], ORIGINAL)
        }
        (false, 11, _) | (true, 3, _) => {
            ("Time Exceeded", &[(32, "unused")], ORIGINAL)
        }
        (true, 2, _) => ("Packet Too Big", &[(32, "MTU")], ORIGINAL),
        _ => ("", &[(32, "Message Body")], "Message Body"),
    };
    Meaning { name, rest, data }
}

fn plural(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        _ => format!("{n} {what}s"),
    }
}
