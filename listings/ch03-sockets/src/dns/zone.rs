//! A small authoritative server: a table of records, a query in, a response
//! out, no I/O.

use crate::dns::{
    Class, Data, Header, MAX_CNAMES, Message, Name, Opcode, Rcode, Record, Type,
};

/// The largest UDP message that the server sends or takes when the client
/// agrees by EDNS, in octets: it fits an Ethernet or IPv6 packet unfragmented.
pub const UDP_PAYLOAD: u16 = 1232;

/// The records of a name and everything below it.
///
/// What it leaves out: wildcards, delegation, the SOA record that a negative
/// answer should carry (RFC 2308 §3), zone transfers, DNSSEC.
///
/// ```
/// use std::net::Ipv4Addr;
/// use ch03_sockets::dns::{Data, Message, Type, zone::Zone};
///
/// let zone = Zone::new("example.com".parse()?)
///     .with("www.example.com".parse()?, Data::A(Ipv4Addr::LOCALHOST));
/// let query = Message::query(1, "www.example.com".parse()?, Type::A);
/// let response = zone.answer(&query).expect("a query has a response");
/// assert_eq!(response.answers.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Zone {
    origin: Name,
    records: Vec<Record>,
}

impl Zone {
    /// The TTL of the records that [`Zone::with`] adds, in seconds.
    pub const TTL: u32 = 300;

    /// An empty zone for `origin` and what is below it.
    pub fn new(origin: Name) -> Self {
        Zone {
            origin,
            records: Vec::new(),
        }
    }

    /// Adds a record of class IN.
    ///
    /// # Panics
    /// If `name` is not in the zone.
    #[must_use]
    pub fn with(mut self, name: Name, data: Data) -> Self {
        assert!(
            name.is_within(&self.origin),
            "{name} is not in the zone {}",
            self.origin
        );
        self.records.push(Record::new(name, Self::TTL, data));
        self
    }

    /// The response to `query`; `None` if it is a response itself. Two servers
    /// that answer responses would never stop.
    pub fn answer(&self, query: &Message) -> Option<Message> {
        if query.header.response {
            return None;
        }
        let is_opt = |record: &&Record| record.data.rtype() == Type::OPT;
        let opts = query.additionals.iter().filter(is_opt).count();
        if query.questions.len() > 1 || opts > 1 {
            return Some(format_error(query.header)); // RFC 9619 §4; RFC 6891 §6.1.1
        }
        let mut response = Message::response_to(query, Rcode::NOERROR);
        if let Some(opt) = query.opt() {
            response.additionals.push(Record::opt(UDP_PAYLOAD));
            if opt.ttl >> 16 & 0xff != 0 {
                // BADVERS, 16: its upper eight bits stand in the OPT record's
                // TTL, its lower four in the header (RFC 6891 §6.1.3).
                response.additionals[0].ttl = 1 << 24;
                return Some(response);
            }
        }
        response.header.rcode = self.fill(query, &mut response);
        Some(response)
    }

    fn fill(&self, query: &Message, response: &mut Message) -> Rcode {
        if query.header.opcode != Opcode::QUERY {
            return Rcode::NOTIMP;
        }
        let [question] = &query.questions[..] else {
            return Rcode::FORMERR;
        };
        if question.class != Class::IN || !question.name.is_within(&self.origin)
        {
            return Rcode::REFUSED;
        }
        response.header.authoritative = true;
        let mut name = &question.name;
        for _ in 0..=MAX_CNAMES {
            let of_name = |record: &&Record| record.name == *name;
            let mut here = self.records.iter().filter(of_name);
            let asked = |record: &&Record| {
                [record.data.rtype(), Type::ANY].contains(&question.qtype)
            };
            let found = response.answers.len();
            response.answers.extend(here.clone().filter(asked).cloned());
            if response.answers.len() > found {
                return Rcode::NOERROR;
            }
            let alias = here.find_map(|record| match &record.data {
                Data::Cname(target) => Some((record, target)),
                _ => None,
            });
            let Some((record, target)) = alias else {
                return self.absence(name);
            };
            response.answers.push(record.clone());
            if !target.is_within(&self.origin) {
                return Rcode::NOERROR; // the client goes on elsewhere
            }
            name = target;
        }
        response.answers.clear();
        Rcode::SERVFAIL
    }

    /// A name that has records, or names below it, exists, and lacks only
    /// what was asked for (RFC 4592 §2.2.2).
    fn absence(&self, name: &Name) -> Rcode {
        let exists = self.records.iter().any(|r| r.name.is_within(name));
        match exists || *name == self.origin {
            true => Rcode::NOERROR,
            false => Rcode::NXDOMAIN,
        }
    }

    /// The response to a message as it came from a socket: `None` for what
    /// deserves no answer.
    pub fn reply(
        &self,
        octets: &[u8],
        transport: Transport,
    ) -> Option<Vec<u8>> {
        let query = match Message::decode(octets) {
            Ok(query) => query,
            Err(_) => return unreadable(octets),
        };
        let limit = match transport {
            Transport::Udp => query.udp_limit().min(UDP_PAYLOAD.into()),
            Transport::Tcp => 0xffff,
        };
        self.answer(&query)?.encode_within(limit).ok()
    }
}

/// What carries the messages: it limits the size of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A datagram a message: 512 octets, unless the client says more by EDNS;
    /// then up to [`UDP_PAYLOAD`].
    Udp,
    /// A length of two octets before each message: 65,535 octets.
    Tcp,
}

/// FORMERR, and no question: of a query with many, each one that takes six
/// octets there could take 259 here.
fn format_error(header: Header) -> Message {
    let query = Message {
        header,
        questions: Vec::new(),
        answers: Vec::new(),
        authorities: Vec::new(),
        additionals: Vec::new(),
    };
    Message::response_to(&query, Rcode::FORMERR)
}

/// FORMERR, for a query of which no more than the header could be read.
fn unreadable(octets: &[u8]) -> Option<Vec<u8>> {
    let (header, _) = octets.split_at_checked(12)?;
    let word = |at| u16::from_be_bytes([header[at], header[at + 1]]);
    let header = Header::from_bits(word(0), word(2));
    match header.response {
        true => None,
        false => format_error(header).encode().ok(),
    }
}
