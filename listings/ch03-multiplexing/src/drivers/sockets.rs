//! What the drivers on non-blocking sockets share: accepting, reading once,
//! writing once. How they wait is their own affair.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ch03_sockets::server::{Reaction, accept_error};
use socket2::SockRef;

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

/// Bytes that the kernel may hold of what a peer has not taken.
pub const SEND_BUFFER: usize = 64 * 1024;

// ANCHOR: listen
/// A listener for a server that hangs up on who takes nothing: with a send
/// buffer of [`SEND_BUFFER`], which the sockets it accepts inherit, an honest
/// peer that is slow is seen to take something in time.
///
/// # Errors
/// As bind(2), listen(2) and setsockopt(2).
pub fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    SockRef::from(&listener).set_send_buffer_size(SEND_BUFFER)?;
    Ok(listener)
}
// ANCHOR_END: listen

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

/// A socket, who is at the other end, and whether its options are set.
pub type Accepted<S> = (S, SocketAddr, io::Result<()>);

/// A listener of the standard library, or mio's.
pub trait Listener {
    /// What it gives.
    type Stream;

    /// Accepts a connection. Its socket is to be non-blocking.
    ///
    /// # Errors
    /// Those of `accept(2)`.
    fn next(&self) -> io::Result<Accepted<Self::Stream>>;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    fn next(&self) -> io::Result<Accepted<TcpStream>> {
        let (stream, peer) = self.accept()?;
        // Each message is one write: nothing to gain from Nagle.
        let ready = stream
            .set_nonblocking(true)
            .and_then(|()| stream.set_nodelay(true));
        Ok((stream, peer, ready))
    }
}

impl Listener for mio::net::TcpListener {
    type Stream = mio::net::TcpStream;

    fn next(&self) -> io::Result<Accepted<mio::net::TcpStream>> {
        // mio makes it non-blocking.
        let (stream, peer) = self.accept()?;
        let ready = stream.set_nodelay(true);
        Ok((stream, peer, ready))
    }
}

/// A listener that may need a rest.
pub struct Acceptor<L = TcpListener> {
    listener: Option<L>,
    rests_until: Option<Duration>,
    /// The last call of `accept` stopped before the queue was empty.
    more: bool,
}

impl Acceptor {
    /// Makes the listener non-blocking.
    ///
    /// # Errors
    /// When that fails.
    pub fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Acceptor::of(listener))
    }
}

impl<L: Listener> Acceptor<L> {
    /// Of one that is non-blocking.
    pub fn of(listener: L) -> Self {
        Acceptor {
            listener: Some(listener),
            rests_until: None,
            more: false,
        }
    }

    /// The listener, if it should be waited for now.
    pub fn listening(&mut self, now: Duration) -> Option<&L> {
        if self.rests_until.is_some_and(|until| until <= now) {
            self.rests_until = None;
        }
        match self.rests_until {
            None => self.listener.as_ref(),
            Some(_) => None,
        }
    }

    /// The listener, when it rests.
    pub fn resting(&self) -> Option<&L> {
        self.listener.as_ref()
    }

    /// When to listen again after a rest.
    pub fn rests_until(&self) -> Option<Duration> {
        self.rests_until
    }

    /// Whether there may be connections left since the last `accept`: who is
    /// told of an arrival once has to remember it.
    pub fn more(&self) -> bool {
        self.more
    }

    /// Takes no more connections: who is in the queue is reset.
    pub fn close(&mut self) {
        self.listener = None;
        self.rests_until = None;
        self.more = false;
    }

    // ANCHOR: accept
    /// Accepts who is waiting, hands each to the machine, and what it takes
    /// to `keep`. A few at a time: the others have waited too.
    ///
    /// # Errors
    /// When the listener itself has failed.
    pub fn accept<M: Machine>(
        &mut self,
        machine: &mut M,
        now: Duration,
        mut keep: impl FnMut(Id, L::Stream) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(listener) = &self.listener else {
            return Ok(());
        };
        self.more = true;
        for _ in 0..ACCEPT {
            let (stream, peer, ready) = match listener.next() {
                Ok(accepted) => accepted,
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    self.more = false;
                    break;
                }
                Err(error) => match accept_error(&error) {
                    Reaction::Next => continue,
                    Reaction::BackOff => {
                        machine.table().accept_failed(&error);
                        self.rests_until = Some(now + BACK_OFF);
                        break;
                    }
                    Reaction::Stop => return Err(error),
                },
            };
            machine.table().accepted();
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
    mut stream: impl Read,
    buffer: &mut [u8],
    now: Duration,
) -> bool {
    let result = stream.read(buffer);
    took(machine, id, result, buffer, now)
}
// ANCHOR_END: read

/// Tells the machine what a read has brought into `buffer`, and says whether
/// there may be more.
pub fn took<M: Machine>(
    machine: &mut M,
    id: Id,
    result: io::Result<usize>,
    buffer: &[u8],
    now: Duration,
) -> bool {
    match result {
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

// ANCHOR: write
/// Writes once what waits, if anything does, and says whether the socket may
/// take more.
pub fn write_once<M: Machine>(
    machine: &mut M,
    id: Id,
    mut stream: impl Write,
    now: Duration,
) -> bool {
    let mut slices = [IoSlice::new(&[]); WRITE];
    let count = machine.table().slices(id, &mut slices);
    let offered: usize = slices[..count].iter().map(|s| s.len()).sum();
    let result = match &slices[..count] {
        [] => return true,
        // send(2): with one piece, writev(2) is the longer way.
        [one] => stream.write(one),
        several => stream.write_vectored(several),
    };
    match result {
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
    acceptor: &Acceptor<impl Listener>,
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
