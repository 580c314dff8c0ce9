//! DNS messages (RFC 1035), read and written without any I/O.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Message`] | a query or a response: header, questions, three sections of records |
//! | [`Name`] | a domain name, with compression read and written |
//! | [`Record`], [`Data`] | A, AAAA, CNAME, NS and PTR by their meaning, every other type by its octets |
//! | [`zone::Zone`] | a small authoritative server: query in, response out |
//! | [`client`] | asks a server over UDP, and over TCP when the answer did not fit |
//!
//! A message from the network is hostile until it has been decoded:
//! [`Message::decode`] never panics, says what is wrong at which octet, and
//! allocates memory in proportion to the octets it was given, whatever the
//! counts in the header promise: at worst some fifty times as much, for names
//! of two octets that point to one of 255.
//!
//! ```
//! use ch03_sockets::dns::{Message, Type};
//!
//! let query = Message::query(0x2a2a, "example.com".parse()?, Type::A);
//! let octets = query.encode()?;
//! assert_eq!(octets.len(), 29);
//! assert_eq!(Message::decode(&octets)?, query);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub mod client;
pub mod name;
pub mod zone;

pub use name::{Name, NameError};

use name::Suffixes;

/// The largest message over UDP without EDNS, in octets (RFC 1035 §4.2.1).
pub const MAX_UDP: usize = 512;
/// The most CNAME records that [`Message::answers_for`] follows. The limit is
/// ours: the RFC says only that loops must be caught (RFC 1034 §5.2.2).
pub const MAX_CNAMES: usize = 16;

/// Octets of a header.
const HEADER: usize = 12;
/// The fewest octets of a question: the root, a type, a class.
const MIN_QUESTION: usize = 5;
/// The fewest octets of a record: the root, type, class, TTL, RDLENGTH.
const MIN_RECORD: usize = 11;

/// A number with names for some of its values.
macro_rules! code {
    (
        $(#[$meta:meta])* $type:ident($repr:ty, $unknown:literal);
        $($(#[$doc:meta])* $name:ident = $value:literal,)+
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $type(pub $repr);

        impl $type {
            $($(#[$doc])* pub const $name: $type = $type($value);)+
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    $($value => f.pad(stringify!($name)),)+
                    other => f.pad(&format!(concat!($unknown, "{}"), other)),
                }
            }
        }
    };
}

code! {
    /// The type of a record, or a QTYPE (RFC 1035 §3.2.2, §3.2.3). Others are
    /// written `TYPE65280` (RFC 3597 §5).
    Type(u16, "TYPE");
    /// An IPv4 address.
    A = 1,
    /// The name of an authoritative server.
    NS = 2,
    /// The canonical name of an alias.
    CNAME = 5,
    /// The start of a zone of authority.
    SOA = 6,
    /// A pointer to another name: address to name, for one.
    PTR = 12,
    /// A mail exchange.
    MX = 15,
    /// Text strings.
    TXT = 16,
    /// An IPv6 address (RFC 3596).
    AAAA = 28,
    /// The location of a service (RFC 2782).
    SRV = 33,
    /// The pseudo-record of EDNS(0) (RFC 6891).
    OPT = 41,
    /// How to reach a service over HTTPS (RFC 9460).
    HTTPS = 65,
    /// Every type; only in a question.
    ANY = 255,
}

code! {
    /// The class of a record, or a QCLASS (RFC 1035 §3.2.4). In an
    /// [OPT](Type::OPT) record: the sender's UDP payload size, in octets.
    Class(u16, "CLASS");
    /// The Internet.
    IN = 1,
    /// The CHAOS net, which survives in `version.bind`.
    CH = 3,
    /// Every class; only in a question.
    ANY = 255,
}

code! {
    /// How a response went: four bits (RFC 1035 §4.1.1). What is above them is
    /// not sent.
    Rcode(u8, "RCODE");
    /// No error.
    NOERROR = 0,
    /// The server could not read the query.
    FORMERR = 1,
    /// The server failed.
    SERVFAIL = 2,
    /// The name does not exist.
    NXDOMAIN = 3,
    /// The server does not know this kind of query.
    NOTIMP = 4,
    /// The server will not say.
    REFUSED = 5,
}

code! {
    /// The kind of query: four bits (RFC 1035 §4.1.1). What is above them is
    /// not sent.
    Opcode(u8, "OPCODE");
    /// A standard query.
    QUERY = 0,
    /// A notification that a zone has changed (RFC 1996).
    NOTIFY = 4,
    /// A change to a zone (RFC 2136).
    UPDATE = 5,
}

/// The header of a message without its four counts (RFC 1035 §4.1.1, and
/// RFC 4035 §3.1.6 and §3.2.2 for AD and CD).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Chosen by the client, repeated in the response.
    pub id: u16,
    /// QR: this is a response.
    pub response: bool,
    /// The kind of query, repeated in the response.
    pub opcode: Opcode,
    /// AA: the server is an authority for the name in the question.
    pub authoritative: bool,
    /// TC: records are missing because they did not fit.
    pub truncated: bool,
    /// RD: the client asks the server to query others on its behalf.
    pub recursion_desired: bool,
    /// RA: the server does so.
    pub recursion_available: bool,
    /// The bit that is still reserved. Send it as `false`.
    pub z: bool,
    /// AD: the server has verified the data by DNSSEC.
    pub authentic_data: bool,
    /// CD: the client does not want the server to.
    pub checking_disabled: bool,
    /// How it went.
    pub rcode: Rcode,
}

impl Header {
    /// The header of a standard query that desires recursion.
    pub fn query(id: u16) -> Self {
        Header {
            id,
            response: false,
            opcode: Opcode::QUERY,
            authoritative: false,
            truncated: false,
            recursion_desired: true,
            recursion_available: false,
            z: false,
            authentic_data: false,
            checking_disabled: false,
            rcode: Rcode::NOERROR,
        }
    }

    /// Takes the second 16 bits of a message apart.
    pub fn from_bits(id: u16, bits: u16) -> Self {
        let bit = |n: u32| bits >> n & 1 == 1;
        Header {
            id,
            response: bit(15),
            opcode: Opcode((bits >> 11 & 0xf) as u8),
            authoritative: bit(10),
            truncated: bit(9),
            recursion_desired: bit(8),
            recursion_available: bit(7),
            z: bit(6),
            authentic_data: bit(5),
            checking_disabled: bit(4),
            rcode: Rcode((bits & 0xf) as u8),
        }
    }

    /// The second 16 bits of a message.
    pub fn bits(&self) -> u16 {
        let bit = |set: bool, n: u32| u16::from(set) << n;
        bit(self.response, 15)
            | u16::from(self.opcode.0 & 0xf) << 11
            | bit(self.authoritative, 10)
            | bit(self.truncated, 9)
            | bit(self.recursion_desired, 8)
            | bit(self.recursion_available, 7)
            | bit(self.z, 6)
            | bit(self.authentic_data, 5)
            | bit(self.checking_disabled, 4)
            | u16::from(self.rcode.0 & 0xf)
    }
}

/// What is asked (RFC 1035 §4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// QNAME: whose records.
    pub name: Name,
    /// QTYPE: which of them.
    pub qtype: Type,
    /// QCLASS: [`Class::IN`], nearly always.
    pub class: Class,
}

/// A resource record (RFC 1035 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Record {
    /// Whose record it is.
    pub name: Name,
    /// Its class, [`Class::IN`] nearly always.
    pub class: Class,
    /// How many seconds it may be kept.
    pub ttl: u32,
    /// Its type and what it says.
    pub data: Data,
}

impl Record {
    /// A record of class IN.
    pub fn new(name: Name, ttl: u32, data: Data) -> Self {
        Record {
            name,
            class: Class::IN,
            ttl,
            data,
        }
    }

    /// An OPT record without options: EDNS version 0, and UDP messages of up
    /// to `payload` octets are welcome (RFC 6891 §6.1.2).
    pub fn opt(payload: u16) -> Self {
        Record {
            name: Name::root(),
            class: Class(payload),
            ttl: 0,
            data: Data::Opaque(Type::OPT, Vec::new()),
        }
    }
}

/// What a record says, and so its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Data {
    /// An IPv4 address; only in class IN.
    A(Ipv4Addr),
    /// An IPv6 address; only in class IN.
    Aaaa(Ipv6Addr),
    /// The name that the record's own name is an alias of.
    Cname(Name),
    /// The name of a server that is an authority for the record's own name.
    Ns(Name),
    /// A name.
    Ptr(Name),
    /// RDATA of another type, as it stood in the message but for names. Those
    /// of the types in RFC 3597 §4 (MX, SOA, SRV, …, here without NAPTR) may be
    /// compressed there;
    /// here they are not, so that the octets mean the same in any message.
    /// Keep it so in records that you make.
    Opaque(Type, Vec<u8>),
}

impl Data {
    /// The type of a record that says this.
    pub fn rtype(&self) -> Type {
        match self {
            Data::A(_) => Type::A,
            Data::Aaaa(_) => Type::AAAA,
            Data::Cname(_) => Type::CNAME,
            Data::Ns(_) => Type::NS,
            Data::Ptr(_) => Type::PTR,
            Data::Opaque(rtype, _) => *rtype,
        }
    }

    /// The address, if it is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Data::A(address) => Some((*address).into()),
            Data::Aaaa(address) => Some((*address).into()),
            _ => None,
        }
    }
}

/// A query or a response (RFC 1035 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The header, but for the counts: those are the lengths of what follows.
    pub header: Header,
    /// What is asked: one question, nearly always. A standard query must not
    /// have more (RFC 9619 §4).
    pub questions: Vec<Question>,
    /// Records that answer the question.
    pub answers: Vec<Record>,
    /// Records that name an authority.
    pub authorities: Vec<Record>,
    /// Records that may help, and the OPT record of EDNS.
    pub additionals: Vec<Record>,
}

impl Message {
    /// A standard query for one name and type in class IN, with RD set.
    ///
    /// `id` has to be hard to guess: draw it at random (RFC 5452 §9.2).
    pub fn query(id: u16, name: Name, qtype: Type) -> Self {
        Message {
            header: Header::query(id),
            questions: vec![Question {
                name,
                qtype,
                class: Class::IN,
            }],
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: Vec::new(),
        }
    }

    /// A response to `query` without records: the same id, opcode, RD bit and
    /// questions.
    pub fn response_to(query: &Message, rcode: Rcode) -> Self {
        Message {
            header: Header {
                response: true,
                opcode: query.header.opcode,
                recursion_desired: query.header.recursion_desired,
                rcode,
                ..Header::query(query.header.id)
            },
            questions: query.questions.clone(),
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: Vec::new(),
        }
    }

    /// The largest UDP message that the sender of this one takes, in octets:
    /// what its OPT record says, and never below [`MAX_UDP`] (RFC 6891
    /// §6.2.3).
    pub fn udp_limit(&self) -> usize {
        let said = self.opt().map_or(0, |opt| usize::from(opt.class.0));
        said.max(MAX_UDP)
    }

    /// The OPT record, if there is one (RFC 6891 §6.1.1).
    pub fn opt(&self) -> Option<&Record> {
        let mut records = self.additionals.iter();
        records.find(|record| record.data.rtype() == Type::OPT)
    }

    /// Checks that this message is a response to `query`: whoever can send us
    /// a datagram can claim to be the server (RFC 5452 §9.1).
    ///
    /// The rest of that section is the socket's part: the address and the port
    /// that the response comes from and goes to.
    ///
    /// # Errors
    /// The first thing in which it is not.
    pub fn check_response_to(&self, query: &Message) -> Result<(), Mismatch> {
        let (got, sent) = (&self.header, &query.header);
        if got.id != sent.id {
            Err(Mismatch::Id(got.id))
        } else if !got.response {
            Err(Mismatch::NotAResponse)
        } else if got.opcode != sent.opcode {
            Err(Mismatch::Opcode(got.opcode))
        } else if self.questions != query.questions {
            Err(Mismatch::Questions)
        } else {
            Ok(())
        }
    }

    /// The records of type `rtype` and class IN for `name` among the answers,
    /// found through the CNAME records there (RFC 1034 §3.6.2).
    ///
    /// # Errors
    /// When the CNAME records lead in a circle, or there are more than
    /// [`MAX_CNAMES`] in a row.
    pub fn answers_for<'a>(
        &'a self,
        name: &'a Name,
        rtype: Type,
    ) -> Result<Resolved<'a>, CnameLoop> {
        let mut canonical = name;
        for _ in 0..=MAX_CNAMES {
            let of_name =
                |r: &&Record| r.class == Class::IN && r.name == *canonical;
            let here = self.answers.iter().filter(of_name);
            let records: Vec<_> =
                here.clone().filter(|r| r.data.rtype() == rtype).collect();
            let alias = here.clone().find_map(|record| match &record.data {
                Data::Cname(target) => Some(target),
                _ => None,
            });
            match alias {
                Some(target) if records.is_empty() => canonical = target,
                _ => return Ok(Resolved { canonical, records }),
            }
        }
        Err(CnameLoop)
    }

    /// Reads a message: all of `octets`, and nothing after it.
    ///
    /// # Errors
    /// What is wrong, at which octet.
    pub fn decode(octets: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { octets, at: 0 };
        let header = Header::from_bits(reader.u16()?, reader.u16()?);
        let counts = reader.counts()?;
        // The vectors grow as they are filled: a count is only a promise.
        let mut questions = Vec::new();
        for _ in 0..counts[0] {
            questions.push(reader.question()?);
        }
        let mut section = |count: u16| {
            let mut records = Vec::new();
            for _ in 0..count {
                records.push(reader.record()?);
            }
            Ok(records)
        };
        let message = Message {
            header,
            questions,
            answers: section(counts[1])?,
            authorities: section(counts[2])?,
            additionals: section(counts[3])?,
        };
        match reader.at {
            at if at < octets.len() => Err(Problem::TrailingOctets.at(at)),
            _ => Ok(message),
        }
    }

    /// Writes the message, with names compressed.
    ///
    /// # Errors
    /// When it does not fit the format.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Writer::default();
        out.u16(self.header.id);
        out.u16(self.header.bits());
        let sections = [&self.answers, &self.authorities, &self.additionals];
        out.count(self.questions.len())?;
        for section in sections {
            out.count(section.len())?;
        }
        for question in &self.questions {
            out.name(&question.name);
            out.u16(question.qtype.0);
            out.u16(question.class.0);
        }
        for record in sections.into_iter().flatten() {
            out.record(record)?;
        }
        match out.octets.len() {
            0..=0xffff => Ok(out.octets),
            len => Err(EncodeError::MessageTooLong(len)),
        }
    }

    /// Writes the message in at most `limit` octets: if it does not fit,
    /// without its records, but for the OPT record, and with TC set, which
    /// tells the client to come back over TCP (RFC 2181 §9).
    ///
    /// # Errors
    /// When it does not fit the format, or the question alone the limit.
    pub fn encode_within(&self, limit: usize) -> Result<Vec<u8>, EncodeError> {
        match self.encode() {
            Ok(octets) if octets.len() <= limit => return Ok(octets),
            Ok(_) | Err(EncodeError::MessageTooLong(_)) => {}
            Err(error) => return Err(error),
        }
        let short = Message {
            header: Header {
                truncated: true,
                ..self.header
            },
            questions: self.questions.clone(),
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: self.opt().cloned().into_iter().collect(),
        };
        let octets = short.encode()?;
        match octets.len() {
            len if len > limit => Err(EncodeError::MessageTooLong(len)),
            _ => Ok(octets),
        }
    }
}

/// What [`Message::answers_for`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<'a> {
    /// The name that the records belong to: at the end of the CNAME chain.
    pub canonical: &'a Name,
    /// The records, none if there are none.
    pub records: Vec<&'a Record>,
}

impl Resolved<'_> {
    /// The addresses in the records.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.records
            .iter()
            .filter_map(|record| record.data.address())
    }
}

/// What a message is read from.
struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let taken = self
            .octets
            .get(self.at..self.at + len)
            .ok_or(Problem::Truncated.at(self.octets.len()))?;
        self.at += len;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let taken = self.take(N)?;
        Ok(taken.try_into().expect("take returns as many as asked"))
    }

    fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    fn name(&mut self) -> Result<Name, DecodeError> {
        let (name, end) = Name::read(self.octets, self.at)?;
        self.at = end;
        Ok(name)
    }

    /// The four counts; refused when so many cannot follow.
    fn counts(&mut self) -> Result<[u16; 4], DecodeError> {
        let at = self.at;
        let counts = [self.u16()?, self.u16()?, self.u16()?, self.u16()?];
        let records: usize = counts[1..].iter().map(|&n| usize::from(n)).sum();
        let least = usize::from(counts[0]) * MIN_QUESTION
            + records * MIN_RECORD
            + HEADER;
        match least > self.octets.len() {
            true => Err(Problem::TooManyRecords.at(at)),
            false => Ok(counts),
        }
    }

    fn question(&mut self) -> Result<Question, DecodeError> {
        Ok(Question {
            name: self.name()?,
            qtype: Type(self.u16()?),
            class: Class(self.u16()?),
        })
    }

    fn record(&mut self) -> Result<Record, DecodeError> {
        let name = self.name()?;
        let rtype = Type(self.u16()?);
        let class = Class(self.u16()?);
        let ttl = u32::from_be_bytes(self.array()?);
        let len = usize::from(self.u16()?);
        let begin = self.at;
        if begin + len > self.octets.len() {
            return Err(Problem::Truncated.at(self.octets.len()));
        }
        // Names in the RDATA point back into the whole message, so it is
        // read in place and its end compared with what RDLENGTH says.
        let data = self.data(rtype, class, begin + len)?;
        if self.at != begin + len {
            return Err(Problem::BadRdlength(rtype).at(begin - 2));
        }
        Ok(Record {
            name,
            class,
            ttl,
            data,
        })
    }

    fn data(
        &mut self,
        rtype: Type,
        class: Class,
        end: usize,
    ) -> Result<Data, DecodeError> {
        Ok(match (rtype, class) {
            (Type::A, Class::IN) => Data::A(self.array::<4>()?.into()),
            (Type::AAAA, Class::IN) => Data::Aaaa(self.array::<16>()?.into()),
            (Type::CNAME, _) => Data::Cname(self.name()?),
            (Type::NS, _) => Data::Ns(self.name()?),
            (Type::PTR, _) => Data::Ptr(self.name()?),
            _ => Data::Opaque(rtype, self.opaque(rtype, end)?),
        })
    }

    /// RDATA up to `end`, with the names in it uncompressed.
    fn opaque(
        &mut self,
        rtype: Type,
        end: usize,
    ) -> Result<Vec<u8>, DecodeError> {
        let (before, names) = names_in(rtype);
        // An empty RDATA is legal where RFC 2136 says so: nothing to expand.
        if names == 0 || self.at == end {
            return Ok(self.take(end - self.at)?.into());
        }
        let mut rdata = Vec::from(self.take(before)?);
        for _ in 0..names {
            rdata.extend_from_slice(self.name()?.as_wire());
        }
        // If the names ran past the end, the caller finds it out.
        rdata.extend_from_slice(self.take(end.saturating_sub(self.at))?);
        Ok(rdata)
    }
}

/// Of the types whose RDATA may hold compressed names (RFC 3597 §4): how many
/// octets stand before the first name, and how many names follow. NAPTR is not
/// here, since strings of any length stand before its name: it stays as it is.
fn names_in(rtype: Type) -> (usize, usize) {
    match rtype.0 {
        3 | 4 | 7..=9 => (0, 1), // MD, MF, MB, MG, MR
        6 | 14 | 17 => (0, 2),   // SOA, MINFO, RP
        15 | 18 | 21 => (2, 1),  // MX, AFSDB, RT
        24 => (18, 1),           // SIG
        26 => (2, 2),            // PX
        30 => (0, 1),            // NXT
        33 => (6, 1),            // SRV
        _ => (0, 0),
    }
}

/// What a message is written to.
#[derive(Default)]
struct Writer {
    octets: Vec<u8>,
    suffixes: Suffixes,
}

impl Writer {
    fn u16(&mut self, value: u16) {
        self.octets.extend_from_slice(&value.to_be_bytes());
    }

    fn name(&mut self, name: &Name) {
        name.write(&mut self.octets, &mut self.suffixes);
    }

    fn count(&mut self, count: usize) -> Result<(), EncodeError> {
        let count =
            u16::try_from(count).or(Err(EncodeError::TooManyRecords(count)))?;
        self.u16(count);
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<(), EncodeError> {
        self.name(&record.name);
        self.u16(record.data.rtype().0);
        self.u16(record.class.0);
        self.octets.extend_from_slice(&record.ttl.to_be_bytes());
        let rdlength = self.octets.len();
        self.u16(0); // known when the RDATA has been written
        match &record.data {
            Data::A(address) => self.octets.extend(address.octets()),
            Data::Aaaa(address) => self.octets.extend(address.octets()),
            Data::Cname(name) | Data::Ns(name) | Data::Ptr(name) => {
                self.name(name);
            }
            Data::Opaque(_, rdata) => self.octets.extend_from_slice(rdata),
        }
        let len = self.octets.len() - rdlength - 2;
        let len = u16::try_from(len).or(Err(EncodeError::RdataTooLong(len)))?;
        self.octets[rdlength..][..2].copy_from_slice(&len.to_be_bytes());
        Ok(())
    }
}

/// What is wrong with the octets of a message, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeError {
    /// The offset of the octet that is wrong, from the message's first.
    pub at: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with the octets of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The message ends here, and more was to come.
    Truncated,
    /// A label whose length octet begins with the bits 01 or 10, which are
    /// reserved (RFC 1035 §4.1.4; 01 was used for a while, RFC 6891 §5).
    ReservedLabelType(u8),
    /// With this label the name would be longer than 255 octets.
    NameTooLong,
    /// A compression pointer to an octet that is yet to come.
    PointerForward,
    /// A compression pointer into the labels that led to it.
    PointerLoop,
    /// A name of more than [`name::MAX_POINTERS`] pointers.
    TooManyPointers,
    /// RDLENGTH is not the length of what a record of this type holds.
    BadRdlength(Type),
    /// The header promises more than the message has room for.
    TooManyRecords,
    /// The message goes on after its last record.
    TrailingOctets,
}

impl Problem {
    /// This problem, at the octet `at`.
    pub const fn at(self, at: usize) -> DecodeError {
        DecodeError { at, problem: self }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "octet {}: {}", self.at, self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Truncated => f.write_str("the message ends too early"),
            Problem::ReservedLabelType(octet) => {
                write!(f, "reserved label type {:02b}", octet >> 6)
            }
            Problem::NameTooLong => f.write_str("name over 255 octets"),
            Problem::PointerForward => f.write_str("pointer forward"),
            Problem::PointerLoop => f.write_str("pointer loop"),
            Problem::TooManyPointers => {
                write!(f, "over {} pointers in a name", name::MAX_POINTERS)
            }
            Problem::BadRdlength(rtype) => {
                write!(f, "RDLENGTH does not fit type {rtype}")
            }
            Problem::TooManyRecords => {
                f.write_str("more records announced than there is room for")
            }
            Problem::TrailingOctets => {
                f.write_str("octets after the last record")
            }
        }
    }
}

impl std::error::Error for DecodeError {}

/// Why a message cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodeError {
    /// A section of more than 65,535 records: how many.
    TooManyRecords(usize),
    /// RDATA of more than 65,535 octets: how many.
    RdataTooLong(usize),
    /// More octets than the limit, or than 65,535: how many.
    MessageTooLong(usize),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::TooManyRecords(n) => {
                write!(f, "a section of {n} records")
            }
            EncodeError::RdataTooLong(n) => write!(f, "RDATA of {n} octets"),
            EncodeError::MessageTooLong(n) => {
                write!(f, "a message of {n} octets")
            }
        }
    }
}

impl std::error::Error for EncodeError {}

/// In what a message is not a response to a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// It has this id, not the query's.
    Id(u16),
    /// It is a query itself.
    NotAResponse,
    /// It has this opcode, not the query's.
    Opcode(Opcode),
    /// It repeats other questions, or none.
    Questions,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Id(id) => write!(f, "wrong id {id:#06x}"),
            Mismatch::NotAResponse => f.write_str("not a response"),
            Mismatch::Opcode(opcode) => write!(f, "wrong opcode {opcode}"),
            Mismatch::Questions => f.write_str("not the question asked"),
        }
    }
}

impl std::error::Error for Mismatch {}

/// The CNAME records of a response lead in a circle, or too far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CnameLoop;

impl fmt::Display for CnameLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {MAX_CNAMES} CNAME records in a row")
    }
}

impl std::error::Error for CnameLoop {}
