//! What a driver and a protocol say to each other.
//!
//! A driver has the sockets and the clock. It tells a [`Machine`] what
//! happened, and asks it what to write, what to wait for, and when to wake
//! up at the latest. A machine has neither; it holds what the protocol needs
//! to know of each connection. `poll`, `epoll`, mio, io_uring, threads and
//! tasks are drivers, and the machine cannot tell them apart.
//!
//! A time is a [`Duration`] since a moment that the driver chose.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

pub use crate::protocol::Machine;

slotmap::new_key_type! {
    /// Names a connection. A number is not used again when its connection
    /// has ended: an event that comes late finds nobody, and not somebody
    /// else. `slotmap::Key::data` turns it into 64 bits for `epoll_event` and
    /// `io_uring_sqe`, and back.
    pub struct Id;
}

/// What a connection waits for.
// ANCHOR: interest
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interest {
    /// Bytes from the peer. Not wanted while too many bytes wait to be
    /// written: a peer that does not read is not read from.
    pub read: bool,
    /// Room for bytes to the peer: some are waiting.
    pub write: bool,
}

/// What to do with a connection next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Wait for this.
    Wait(Interest),
    /// Close the socket. The machine has forgotten the connection.
    Close,
}
// ANCHOR_END: interest

/// Why a connection ended, or was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The peer sent the end of its stream, and got what was left for it.
    Ended,
    /// The peer said that it leaves.
    Quit,
    /// The server stops.
    Shutdown,
    /// There are as many connections as there may be: this many.
    Full(usize),
    /// A line had more than this many bytes.
    LongLine(usize),
    /// A line was begun, and not ended within this time.
    SlowLine(Duration),
    /// The peer did not read while others wrote to it; this many bytes were
    /// waiting.
    SlowReader(usize),
    /// The peer was silent for this long.
    Silent(Duration),
    /// The peer took none of the bytes that waited for it for this long.
    Stuck(Duration),
    /// The socket failed.
    Failed(io::ErrorKind),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Ended => f.write_str("end of stream"),
            Why::Quit => f.write_str("quit"),
            Why::Shutdown => f.write_str("the server stops"),
            Why::Full(most) => write!(f, "all {most} places are taken"),
            Why::LongLine(most) => write!(f, "a line of over {most} bytes"),
            Why::SlowLine(time) => write!(f, "a line of over {time:?}"),
            Why::SlowReader(cost) => {
                write!(f, "does not read, {cost} bytes waiting")
            }
            Why::Silent(time) => write!(f, "silent for {time:?}"),
            Why::Stuck(time) => write!(f, "took nothing for {time:?}"),
            Why::Failed(kind) => write!(f, "the socket failed: {kind}"),
        }
    }
}

/// What happened, for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A peer has connected.
    Connected(SocketAddr),
    /// A peer was turned away.
    Refused(SocketAddr, Why),
    /// A peer is gone.
    Closed(SocketAddr, Why),
    /// The listener gives no connection, for this reason: said once, however
    /// often it is tried again.
    AcceptFails(String),
    /// The listener works again, after this many failures.
    AcceptWorks(u64),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Connected(peer) => write!(f, "{peer} connected"),
            Event::Refused(peer, why) => write!(f, "{peer} refused: {why}"),
            Event::Closed(peer, why) => write!(f, "{peer} closed: {why}"),
            Event::AcceptFails(error) => write!(f, "accept fails: {error}"),
            Event::AcceptWorks(failures) => {
                write!(f, "accept works after {failures} failures")
            }
        }
    }
}
