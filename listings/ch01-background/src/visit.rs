//! A visit to a [`Site`], timed step by step.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ch03_sockets::dns::client::{AskError, ask_udp};
use ch03_sockets::dns::{CnameLoop, Message, NameError, Type};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, StreamOwned};

use crate::site::{NAME, Site};

/// How long a visitor waits for anything.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest response head that a visitor reads, in bytes.
const MAX_HEAD: usize = 4096;
/// The longest page that a visitor reads, in bytes.
const MAX_PAGE: usize = 1 << 20;

/// How long each step took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Laps {
    /// From a name to an address.
    pub resolve: Duration,
    /// From an address to a TCP connection.
    pub connect: Duration,
    /// From a TCP connection to an encrypted one.
    pub handshake: Duration,
    /// From the request to the first byte of the response.
    pub first_byte: Duration,
    /// From there to the last one.
    pub last_byte: Duration,
}

impl Laps {
    /// The steps and their names, in order.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Duration); 5] {
        [
            ("resolve", self.resolve),
            ("connect", self.connect),
            ("TLS handshake", self.handshake),
            ("first byte", self.first_byte),
            ("last byte", self.last_byte),
        ]
    }

    /// The whole of it.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.named().iter().map(|(_, lap)| *lap).sum()
    }

    /// The shorter time of each step: what another program took from this one
    /// on a busy machine is no part of the journey.
    #[must_use]
    pub fn best(self, other: Laps) -> Laps {
        Laps {
            resolve: self.resolve.min(other.resolve),
            connect: self.connect.min(other.connect),
            handshake: self.handshake.min(other.handshake),
            first_byte: self.first_byte.min(other.first_byte),
            last_byte: self.last_byte.min(other.last_byte),
        }
    }
}

/// How many whole round trips fit into `time`. Nothing here takes less than
/// the trips it needs, so what is over is work, or another program's.
#[must_use]
pub fn round_trips(time: Duration, rtt: Duration) -> u32 {
    let whole = time.as_nanos() / rtt.as_nanos().max(1);
    u32::try_from(whole).unwrap_or(u32::MAX)
}

/// Tells how long it was since it told the last time.
struct Stopwatch(Instant);

impl Stopwatch {
    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.0, now)
    }
}

/// An open connection to a site, over which the page can be asked for again.
pub struct Connection(StreamOwned<ClientConnection, TcpStream>);

// ANCHOR: visit
/// Opens `https://page.example/`, all of it.
///
/// # Errors
/// See [`VisitError`].
pub fn visit(
    site: &Site,
    tls: &Arc<ClientConfig>,
) -> Result<(Laps, Connection), VisitError> {
    let mut watch = Stopwatch(Instant::now());
    let ip = resolve(site)?;
    let resolve = watch.lap();
    let (laps, connection) = visit_at(site, ip, tls)?;
    Ok((Laps { resolve, ..laps }, connection))
}

/// As [`visit`], for those who know the address already.
///
/// # Errors
/// See [`VisitError`].
pub fn visit_at(
    site: &Site,
    ip: IpAddr,
    tls: &Arc<ClientConfig>,
) -> Result<(Laps, Connection), VisitError> {
    let mut watch = Stopwatch(Instant::now());
    let mut tcp = TcpStream::connect(site.address(ip))?;
    thread::sleep(site.link.rtt); // SYN there, SYN-ACK back: see the page
    let connect = watch.lap();

    tcp.set_nodelay(true)?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    let name = ServerName::try_from(NAME).expect("a constant name");
    let mut session = ClientConnection::new(Arc::clone(tls), name)?;
    while session.is_handshaking() {
        session.complete_io(&mut tcp)?;
    }
    let handshake = watch.lap();

    let mut connection = Connection(StreamOwned::new(session, tcp));
    let laps = connection.get()?;
    let laps = Laps {
        connect,
        handshake,
        ..laps
    };
    Ok((laps, connection))
}
// ANCHOR_END: visit

impl Connection {
    /// Asks for the page, on a connection that is open.
    ///
    /// # Errors
    /// See [`VisitError`].
    pub fn get(&mut self) -> Result<Laps, VisitError> {
        let mut watch = Stopwatch(Instant::now());
        let request = format!("GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n");
        self.0.write_all(request.as_bytes())?;
        self.0.flush()?;
        let mut response = vec![0; 1];
        self.0.read_exact(&mut response)?;
        let first_byte = watch.lap();

        let head = self.read_head(&mut response)?;
        let len = content_length(&head).ok_or(VisitError::Length)?;
        let mut page = vec![0; len];
        self.0.read_exact(&mut page)?;
        let last_byte = watch.lap();

        let zero = Duration::ZERO;
        Ok(Laps {
            resolve: zero,
            connect: zero,
            handshake: zero,
            first_byte,
            last_byte,
        })
    }

    /// The rest of the response head, up to its empty line.
    fn read_head(&mut self, head: &mut Vec<u8>) -> Result<String, VisitError> {
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() == MAX_HEAD {
                return Err(VisitError::Head);
            }
            let mut byte = [0];
            self.0.read_exact(&mut byte)?;
            head.extend(byte);
        }
        String::from_utf8(std::mem::take(head)).map_err(|_| VisitError::Head)
    }

    /// Whether the handshake resumed an earlier session.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.0.conn.handshake_kind() == Some(HandshakeKind::Resumed)
    }
}

/// What the head of a response says about the length of its body; `None` if
/// that is nothing, nonsense, or more than [`MAX_PAGE`].
fn content_length(head: &str) -> Option<usize> {
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let found = name.eq_ignore_ascii_case("content-length");
        found.then_some(value.trim())
    })?;
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    let len = value.parse().ok().filter(|_| digits)?;
    (len <= MAX_PAGE).then_some(len)
}

/// Asks the site's DNS server for its address.
///
/// # Errors
/// See [`VisitError`].
pub fn resolve(site: &Site) -> Result<IpAddr, VisitError> {
    let query = Message::query(id(), NAME.parse()?, Type::A);
    let deadline = Instant::now() + PATIENCE;
    let response = ask_udp(site.resolver, &query, deadline)?;
    let name = &query.questions[0].name;
    let found = response.answers_for(name, Type::A)?;
    found.addresses().next().ok_or(VisitError::NoAddress)
}

/// An id that is hard to guess: the standard library draws one for the keys
/// of each hash map.
fn id() -> u16 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) as u16
}

/// Why a visit failed, and at which step.
#[derive(Debug)]
pub enum VisitError {
    /// [`NAME`] is no name.
    Name(NameError),
    /// The DNS server did not answer.
    Resolve(AskError),
    /// Its answer leads in a circle.
    Alias(CnameLoop),
    /// Its answer has no address.
    NoAddress,
    /// TLS was refused, by us or by them.
    Tls(rustls::Error),
    /// The connection failed.
    Io(io::Error),
    /// The head of the response is too long, or no text.
    Head,
    /// The response does not say how long it is, or is too long.
    Length,
}

impl fmt::Display for VisitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VisitError::Name(error) => write!(f, "{NAME}: {error}"),
            VisitError::Resolve(error) => write!(f, "resolve: {error}"),
            VisitError::Alias(error) => write!(f, "resolve: {error}"),
            VisitError::NoAddress => write!(f, "resolve: no address"),
            VisitError::Tls(error) => write!(f, "TLS: {error}"),
            VisitError::Io(error) => write!(f, "connection: {error}"),
            VisitError::Head => {
                write!(f, "response head: not text of at most {MAX_HEAD} bytes")
            }
            VisitError::Length => write!(
                f,
                "response: Content-Length is not a number up to {MAX_PAGE}"
            ),
        }
    }
}

impl std::error::Error for VisitError {}

macro_rules! from {
    ($($error:ty => $variant:ident,)+) => {$(
        impl From<$error> for VisitError {
            fn from(error: $error) -> Self {
                VisitError::$variant(error)
            }
        }
    )+};
}

from! {
    NameError => Name,
    AskError => Resolve,
    CnameLoop => Alias,
    rustls::Error => Tls,
    io::Error => Io,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_round_trips_are_counted() {
        let ms = Duration::from_millis;
        assert_eq!(round_trips(ms(79), ms(80)), 0);
        assert_eq!(round_trips(ms(80), ms(80)), 1);
        assert_eq!(round_trips(ms(239), ms(80)), 2);
        assert_eq!(round_trips(ms(1), Duration::ZERO), 1_000_000);
    }

    #[test]
    fn a_length_is_a_number_within_bounds() {
        let head = |value: &str| {
            content_length(&format!(
                "HTTP/1.1 200 OK\r\ncontent-LENGTH:{value}\r\n\r\n"
            ))
        };
        assert_eq!(head(" 10"), Some(10));
        for bad in [
            "",
            " ",
            "-1",
            "+1",
            "0x10",
            "10, 10",
            "99999999999999999999",
        ] {
            assert_eq!(head(bad), None, "{bad:?}");
        }
        assert_eq!(head(&MAX_PAGE.to_string()), Some(MAX_PAGE));
        assert_eq!(head(&(MAX_PAGE + 1).to_string()), None);
        assert_eq!(content_length("HTTP/1.1 200 OK\r\n\r\n"), None);
    }

    proptest! {
        #[test]
        fn a_head_of_any_kind_has_a_bounded_length_or_none(head in ".*") {
            prop_assert!(content_length(&head).is_none_or(|n| n <= MAX_PAGE));
        }
    }
}
