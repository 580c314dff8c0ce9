//! Drivers of a [`Session`]: threads, epoll, tokio.
//!
//! They differ in how they wait. What they do with a socket is the same, and
//! stands in [`sockets`].
//!
//! Unix alone: a file's bytes go to a socket without passing through the
//! program, by `sendfile(2)` on Linux.

#[cfg(target_os = "linux")]
pub mod epoll;
pub mod sockets;
pub mod tasks;
pub mod threads;

use std::fmt;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use socket2::{Domain, Protocol, Socket, Type};

use crate::server::access::Entry;
use crate::server::gate::{Gate, Permit, Refused};
use crate::server::session::{Session, Shared};
use crate::server::{Config, Service};

/// How long the listener rests when there is nothing to make a connection of.
pub const BACK_OFF: Duration = Duration::from_millis(100);

/// What is told to whoever keeps the log of the server's own life.
#[derive(Debug)]
pub enum Report {
    /// A connection was turned away.
    Refused(SocketAddr, Refused),
    /// The listener gives no connection, for this reason. It is tried again;
    /// this is said once.
    AcceptFails(io::Error),
    /// The listener works again.
    AcceptWorks,
    /// These connections were cut off, because the server stops.
    CutOff(usize),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::Refused(peer, why) => write!(f, "{peer} refused: {why}"),
            Report::AcceptFails(error) => write!(f, "accept fails: {error}"),
            Report::AcceptWorks => f.write_str("accept works again"),
            Report::CutOff(count) => write!(f, "{count} connections cut off"),
        }
    }
}

/// A server, whatever drives it.
pub struct Server<S> {
    shared: Arc<Shared<S>>,
    gate: Arc<Gate>,
    /// How long connections may take to end when the server stops.
    pub drain: Duration,
    /// Where entries of the access log go. It must not wait.
    pub access: Box<dyn Fn(Entry) + Send + Sync>,
    /// Where reports go. It must not wait.
    pub report: Box<dyn Fn(Report) + Send + Sync>,
    start: Instant,
}

impl<S: Service> Server<S> {
    /// A server that asks `service`, and has room for the connections that
    /// `gate` allows.
    pub fn new(service: S, mut config: Config, gate: Arc<Gate>) -> Self {
        let time = SystemTime::now().duration_since(UNIX_EPOCH);
        config.epoch = time.unwrap_or_default();
        Server {
            shared: Arc::new(Shared { service, config }),
            gate,
            drain: Duration::from_secs(10),
            access: Box::new(drop),
            report: Box::new(drop),
            start: Instant::now(),
        }
    }

    /// Who answers.
    pub fn service(&self) -> &S {
        &self.shared.service
    }

    /// The time, since the server was made.
    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// What a driver keeps of a connection that was accepted; `None` if it was
    /// turned away.
    pub fn welcome(
        &self,
        stream: &TcpStream,
        peer: SocketAddr,
    ) -> Option<(Session<S>, Permit)> {
        let permit = match self.gate.enter(peer.ip()) {
            Ok(permit) => permit,
            Err(refused) => {
                turn_away(stream);
                (self.report)(Report::Refused(peer, refused));
                return None;
            }
        };
        // A response is written in one piece: nothing to gain from Nagle. It
        // fails on a socket that is dead already, which a read will tell.
        let _ = stream.set_nodelay(true);
        let session = Session::new(Arc::clone(&self.shared), peer, self.now());
        Some((session, permit))
    }

    /// Hands the session's entries to the access log.
    pub fn hand_over(&self, session: &mut Session<S>) {
        while let Some(entry) = session.entry() {
            (self.access)(entry);
        }
    }
}

/// Says that there is no place, as far as that goes without waiting.
fn turn_away(mut stream: &TcpStream) {
    const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
        Retry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    // A send buffer that was never used has room for it.
    let _ = stream.write(BUSY);
    let _ = stream.shutdown(Shutdown::Write);
}

/// Listeners for `count` workers on one address. Each has a queue of its own;
/// the kernel deals connections out.
///
/// # Errors
/// When the address is taken or not there.
pub fn listen(
    address: SocketAddr,
    count: usize,
) -> io::Result<Vec<TcpListener>> {
    let mut address = address;
    let mut listeners = Vec::new();
    for _ in 0..count.max(1) {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        socket.set_reuse_address(true)?;
        if count > 1 {
            socket.set_reuse_port(true)?;
        }
        socket.bind(&address.into())?;
        socket.listen(4096)?;
        let listener = TcpListener::from(socket);
        // Port 0 means any for the first, and the same for the others.
        address = listener.local_addr()?;
        listeners.push(listener);
    }
    Ok(listeners)
}
