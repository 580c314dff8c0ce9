//! Drives a [`Request`] on a UDP socket: one of std's, or one of tokio's.
//!
//! The socket is connected to the server the request goes to, so that the
//! kernel drops what others send and reports that nobody listens there.

use std::fmt;
use std::io;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use crate::udp_request::{Action, Event, MAX_DATAGRAM, NoAnswer, Request};

/// Why there is no answer.
#[derive(Debug)]
pub enum AskError {
    /// All tries are used up.
    NoAnswer(NoAnswer),
    /// The socket failed in a way that another try does not help.
    Io(io::Error),
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AskError::NoAnswer(no_answer) => no_answer.fmt(f),
            AskError::Io(error) => write!(f, "socket: {error}"),
        }
    }
}

impl std::error::Error for AskError {}

impl From<io::Error> for AskError {
    fn from(error: io::Error) -> Self {
        AskError::Io(error)
    }
}

// One byte more than is accepted: a longer datagram shows by filling it.
const BUFFER: usize = MAX_DATAGRAM + 1;

// ANCHOR: ask
/// Sends `request` on `socket`, which is connected to its server, and waits
/// for the answer. The socket is a blocking one; its read timeout changes.
///
/// # Errors
/// [`AskError`] says why there is no answer.
pub fn ask(
    socket: &UdpSocket,
    request: &mut Request,
) -> Result<Vec<u8>, AskError> {
    let start = Instant::now();
    let mut buffer = [0; BUFFER];
    let mut event = Event::Tick;
    loop {
        let until = match request.handle(event, start.elapsed()) {
            Action::Send { until } => {
                send(|| socket.send(request.datagram()))?;
                until
            }
            Action::Wait { until } => until,
            Action::Done(body) => return Ok(body),
            Action::GiveUp(why) => return Err(AskError::NoAnswer(why)),
        };
        let rest = until.saturating_sub(start.elapsed());
        // A timeout of zero would mean: wait for ever.
        socket.set_read_timeout(Some(rest.max(Duration::from_millis(1))))?;
        event = match socket.recv_from(&mut buffer) {
            Ok((n, from)) => Event::Received {
                from,
                datagram: &buffer[..n],
            },
            Err(error) => event_of(error)?,
        };
    }
}
// ANCHOR_END: ask

/// Does what [`ask`] does, on a socket of tokio's. Dropping the future
/// gives the request up.
///
/// # Errors
/// [`AskError`] says why there is no answer.
pub async fn ask_async(
    socket: &tokio::net::UdpSocket,
    request: &mut Request,
) -> Result<Vec<u8>, AskError> {
    let start = tokio::time::Instant::now();
    let mut buffer = [0; BUFFER];
    let mut event = Event::Tick;
    loop {
        let until = match request.handle(event, start.elapsed()) {
            Action::Send { until } => {
                if let Err(error) = socket.send(request.datagram()).await {
                    event_of(error)?;
                    socket.send(request.datagram()).await?;
                }
                until
            }
            Action::Wait { until } => until,
            Action::Done(body) => return Ok(body),
            Action::GiveUp(why) => return Err(AskError::NoAnswer(why)),
        };
        let receive = socket.recv_from(&mut buffer);
        event = match tokio::time::timeout_at(start + until, receive).await {
            Ok(Ok((n, from))) => Event::Received {
                from,
                datagram: &buffer[..n],
            },
            Ok(Err(error)) => event_of(error)?,
            Err(_elapsed) => Event::Tick,
        };
    }
}

/// Sends, and once more if that reports a refusal: the report belongs to a
/// datagram sent earlier, this one was not sent, and the error is cleared.
fn send(attempt: impl Fn() -> io::Result<usize>) -> io::Result<()> {
    if let Err(error) = attempt() {
        event_of(error)?;
        attempt()?;
    }
    Ok(())
}

/// What an error of the socket says about the request, if anything.
fn event_of(error: io::Error) -> io::Result<Event<'static>> {
    use io::ErrorKind as Kind;
    match error.kind() {
        // A read timeout is WouldBlock on Unix and TimedOut on Windows.
        Kind::WouldBlock | Kind::TimedOut | Kind::Interrupted => {
            Ok(Event::Tick)
        }
        // ICMP port unreachable: refused on Unix, reset on Windows.
        Kind::ConnectionRefused | Kind::ConnectionReset => Ok(Event::Refused),
        _ => Err(error),
    }
}
