//! Asks a DNS server: one query, one response, a deadline.
//!
//! Trying again when a datagram was lost is the caller's part.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use crate::dns::{DecodeError, EncodeError, Message, Mismatch};

/// Sends `query` to `server` over UDP and waits up to `timeout` for a response
/// to it; if that comes with TC set, asks again over TCP (RFC 7766 §5).
///
/// A datagram that cannot be read, or is no response to this query, is
/// ignored: the true one may still come. Were it an error, whoever can send
/// a datagram to this port could make every query fail (RFC 5452 §9.1).
///
/// # Errors
/// See [`AskError`].
pub fn ask(
    server: SocketAddr,
    query: &Message,
    timeout: Duration,
) -> Result<Message, AskError> {
    let deadline = Instant::now() + timeout;
    let response = ask_udp(server, query, deadline)?;
    match response.header.truncated {
        true => ask_tcp(server, query, deadline),
        false => Ok(response),
    }
}

// ANCHOR: udp
/// The part of [`ask`] that is UDP: returns a response with TC set as it is.
///
/// # Errors
/// See [`AskError`].
pub fn ask_udp(
    server: SocketAddr,
    query: &Message,
    deadline: Instant,
) -> Result<Message, AskError> {
    // Port 0: a port that an attacker has to guess (RFC 5452 §9.2). Connected:
    // the kernel drops what does not come from the server's address and port.
    let socket = match server {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?,
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?,
    };
    socket.connect(server)?;
    socket.send(&query.encode()?)?;
    let mut ignored = None;
    let mut buf = vec![0; query.udp_limit()];
    loop {
        let Some(left) = time_left(deadline) else {
            return Err(AskError::TimedOut { ignored });
        };
        socket.set_read_timeout(Some(left))?;
        match socket.recv(&mut buf) {
            Ok(n) => match accept(&buf[..n], query) {
                Ok(response) => return Ok(response),
                Err(reason) => ignored = Some(reason),
            },
            Err(error) if is_timeout(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
// ANCHOR_END: udp

/// The part of [`ask`] that is TCP: a length of two octets goes before each
/// message (RFC 1035 §4.2.2). Here what is no response to the query is an
/// error: nobody but the server can have sent it.
///
/// # Errors
/// See [`AskError`].
pub fn ask_tcp(
    server: SocketAddr,
    query: &Message,
    deadline: Instant,
) -> Result<Message, AskError> {
    let expired = AskError::TimedOut { ignored: None };
    let left = time_left(deadline).ok_or(expired)?;
    let mut stream = TcpStream::connect_timeout(&server, left)?;
    stream.set_write_timeout(Some(left))?;
    let octets = query.encode()?;
    // One write: some servers expect both in one segment (RFC 7766 §8).
    let mut framed = Vec::with_capacity(2 + octets.len());
    framed.extend((octets.len() as u16).to_be_bytes()); // encode keeps to it
    framed.extend(octets);
    stream.write_all(&framed)?;
    let message = read_message(&mut stream, deadline)?;
    accept(&message, query).map_err(AskError::BadResponse)
}

/// Reads the octets of one message and the length before it (RFC 1035 §4.2.2).
///
/// # Errors
/// [`AskError::TimedOut`] when it is not complete at the deadline, however
/// often an octet of it comes; [`AskError::Io`].
pub fn read_message(
    stream: &mut TcpStream,
    deadline: Instant,
) -> Result<Vec<u8>, AskError> {
    let mut len = [0; 2];
    read_exact(stream, &mut len, deadline)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(len))];
    read_exact(stream, &mut message, deadline)?;
    Ok(message)
}

/// Reads `octets` as the response to `query`.
fn accept(octets: &[u8], query: &Message) -> Result<Message, BadResponse> {
    let response = Message::decode(octets).map_err(BadResponse::Unreadable)?;
    match response.check_response_to(query) {
        Ok(()) => Ok(response),
        Err(mismatch) => Err(BadResponse::Unrelated(mismatch)),
    }
}

/// [`Read::read_exact`] with one deadline for all its reads.
fn read_exact(
    stream: &mut TcpStream,
    mut buf: &mut [u8],
    deadline: Instant,
) -> Result<(), AskError> {
    while !buf.is_empty() {
        let left =
            time_left(deadline).ok_or(AskError::TimedOut { ignored: None })?;
        stream.set_read_timeout(Some(left))?;
        match stream.read(buf) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => buf = &mut buf[n..],
            Err(error) if is_timeout(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// How long until `deadline`; `None` when it has passed, for a socket takes a
/// timeout of zero for none.
fn time_left(deadline: Instant) -> Option<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    (!left.is_zero()).then_some(left)
}

fn is_timeout(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// Why there is no response.
#[derive(Debug)]
pub enum AskError {
    /// None came in time.
    TimedOut {
        /// What was wrong with the last datagram that came instead.
        ignored: Option<BadResponse>,
    },
    /// What came over TCP is not a response to the query.
    BadResponse(BadResponse),
    /// The query cannot be written.
    Encode(EncodeError),
    /// The socket failed: nothing listens there, for one.
    Io(io::Error),
}

/// What is wrong with octets that came as a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadResponse {
    /// They are not a message.
    Unreadable(DecodeError),
    /// They are one, but no response to the query.
    Unrelated(Mismatch),
}

impl fmt::Display for BadResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadResponse::Unreadable(error) => error.fmt(f),
            BadResponse::Unrelated(mismatch) => mismatch.fmt(f),
        }
    }
}

impl std::error::Error for BadResponse {}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AskError::TimedOut { ignored: None } => f.write_str("no response"),
            AskError::TimedOut {
                ignored: Some(reason),
            } => write!(f, "no response but a bad one ({reason})"),
            AskError::BadResponse(reason) => {
                write!(f, "bad response: {reason}")
            }
            AskError::Encode(error) => error.fmt(f),
            AskError::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AskError {}

impl From<io::Error> for AskError {
    fn from(error: io::Error) -> Self {
        AskError::Io(error)
    }
}

impl From<io::ErrorKind> for AskError {
    fn from(kind: io::ErrorKind) -> Self {
        AskError::Io(kind.into())
    }
}

impl From<EncodeError> for AskError {
    fn from(error: EncodeError) -> Self {
        AskError::Encode(error)
    }
}
