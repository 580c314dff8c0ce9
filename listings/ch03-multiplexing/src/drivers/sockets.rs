//! What the drivers on non-blocking sockets share: accepting, reading once,
//! writing once. How they wait is their own affair.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ch03_sockets::server::{Reaction, accept_error};

use crate::machine::{Event, Id, Machine};

/// Bytes read at once, into one buffer for all connections: a connection
/// that is idle needs none.
pub const READ: usize = 16 * 1024;
/// Pieces written at once.
const WRITE: usize = 16;
/// Connections accepted before the others get their turn.
const ACCEPT: usize = 64;
/// How long to leave the listener alone when there are no descriptors left.
pub const BACK_OFF: Duration = Duration::from_millis(50);

/// Time since the driver began.
pub struct Clock(Instant);

impl Clock {
    /// Begins now.
    pub fn start() -> Self {
        Clock(Instant::now())
    }

    /// How long ago it began.
    pub fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A listener that may need a rest.
pub struct Acceptor {
    listener: Option<TcpListener>,
    rests_until: Option<Duration>,
}

impl Acceptor {
    /// For `listener`, which it makes non-blocking.
    ///
    /// # Errors
    /// As fcntl(2).
    pub fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Acceptor {
            listener: Some(listener),
            rests_until: None,
        })
    }

    /// The listener, if it should be waited for now.
    pub fn listening(&mut self, now: Duration) -> Option<&TcpListener> {
        if self.rests_until.is_some_and(|until| until <= now) {
            self.rests_until = None;
        }
        match self.rests_until {
            None => self.listener.as_ref(),
            Some(_) => None,
        }
    }

    /// The listener, when it rests.
    pub fn resting(&self) -> Option<&TcpListener> {
        self.listener.as_ref()
    }

    /// When to listen again after a rest.
    pub fn rests_until(&self) -> Option<Duration> {
        self.rests_until
    }

    /// Takes no more connections: who is in the queue is reset.
    pub fn close(&mut self) {
        self.listener = None;
        self.rests_until = None;
    }

    // ANCHOR: accept
    /// Accepts who is waiting, hands each to the machine, and what it takes
    /// to `keep`. A few at a time: the others have waited too.
    pub fn accept<M: Machine>(
        &mut self,
        machine: &mut M,
        now: Duration,
        mut keep: impl FnMut(Id, TcpStream) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(listener) = &self.listener else {
            return Ok(());
        };
        for _ in 0..ACCEPT {
            let (stream, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(error) => match accept_error(&error) {
                    Reaction::Next => continue,
                    Reaction::BackOff => {
                        self.rests_until = Some(now + BACK_OFF);
                        break;
                    }
                    Reaction::Stop => return Err(error),
                },
            };
            // Each message is one write: nothing to gain from Nagle.
            let ready = stream
                .set_nonblocking(true)
                .and_then(|()| stream.set_nodelay(true));
            if let Ok(id) = machine.connected(peer, now) {
                match ready.and_then(|()| keep(id, stream)) {
                    Ok(()) => {}
                    Err(error) => machine.failed(id, &error),
                }
            }
        }
        Ok(())
    }
    // ANCHOR_END: accept
}

// ANCHOR: read
/// Reads once, and says whether there may be more.
pub fn read_once<M: Machine>(
    machine: &mut M,
    id: Id,
    mut stream: &TcpStream,
    buffer: &mut [u8],
    now: Duration,
) -> bool {
    match stream.read(buffer) {
        Ok(0) => machine.ended(id, now),
        Ok(count) => {
            machine.received(id, &buffer[..count], now);
            return true;
        }
        Err(e) if e.kind() == ErrorKind::WouldBlock => {}
        Err(e) if e.kind() == ErrorKind::Interrupted => return true,
        Err(error) => machine.failed(id, &error),
    }
    false
}
// ANCHOR_END: read

// ANCHOR: write
/// Writes once, and says whether the socket may take more.
pub fn write_once<M: Machine>(
    machine: &mut M,
    id: Id,
    mut stream: &TcpStream,
    now: Duration,
) -> bool {
    let mut slices = [IoSlice::new(&[]); WRITE];
    let count = machine.table().slices(id, &mut slices);
    let offered: usize = slices[..count].iter().map(|s| s.len()).sum();
    match stream.write_vectored(&slices[..count]) {
        Ok(taken) => {
            machine.sent(id, taken, now);
            // A short count means that the send buffer is full.
            return taken == offered;
        }
        Err(e) if e.kind() == ErrorKind::Interrupted => return true,
        Err(e) if e.kind() == ErrorKind::WouldBlock => {}
        Err(error) => machine.failed(id, &error),
    }
    false
}
// ANCHOR_END: write

/// How long to wait: until the machine or the listener has something to do;
/// `None` is for as long as it takes.
pub fn timeout<M: Machine>(
    machine: &mut M,
    acceptor: &Acceptor,
    now: Duration,
) -> Option<Duration> {
    let deadline = machine.table().next_deadline();
    let next = [deadline, acceptor.rests_until()];
    let next = next.into_iter().flatten().min()?;
    Some(next.saturating_sub(now))
}

/// Hands the machine's events to `log`.
pub fn report<M: Machine>(machine: &mut M, log: &mut impl FnMut(Event)) {
    while let Some(event) = machine.table().event() {
        log(event);
    }
}

/// A socket that becomes readable at Ctrl-C and SIGTERM.
///
/// # Errors
/// When the signals cannot be caught or no socket be made.
pub fn stop_on_signals() -> io::Result<UnixStream> {
    let (stop, signal) = UnixStream::pair()?;
    for number in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::low_level::pipe::register(number, signal.try_clone()?)?;
    }
    Ok(stop)
}
