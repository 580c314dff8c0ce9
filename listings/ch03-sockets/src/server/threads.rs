//! The server with a thread for each connection.
//!
//! A blocked `accept` or `read` waits for one thing. A server waits for two,
//! the next byte and the request to stop, so every wait here is a poll(2) on
//! both descriptors, with the deadline as its timeout.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use socket2::{SockAddr, Socket};

use crate::blocking::Framed;
use crate::frame::Codec;
use crate::server::policy::{
    Accepting, Config, Deadlines, Event, Overflow, Peer, Permits, Refusal,
    Report, Tally, Visit, Why,
};

/// How long connections that were cut have to say so.
const GRACE: Duration = Duration::from_millis(200);

/// What the accept loop and the connections share.
struct Shared<H> {
    config: Config,
    handler: H,
    tally: Arc<Tally>,
    permits: Permits,
    stop: Stop,
    /// A byte is written here when a connection has ended.
    ended: UnixStream,
}

/// What tells the connections that the server stops: a descriptor that
/// becomes readable and is never read, so that all who poll it see it.
struct Stop {
    fd: UnixStream,
    /// When to cut; set before `fd` becomes readable.
    cut: OnceLock<Instant>,
}

/// Serves the connections of `listener`, TCP or Unix-domain, until `stop`
/// becomes readable or its other end is closed; then lets the open ones
/// finish, and returns within [`Config::drain`] and a moment.
///
/// `handler` answers a message of a peer. If it panics, its connection ends.
///
/// # Errors
/// When the listener can never accept again, or polling fails. Connections
/// are drained before that, too.
pub fn run<C, H>(
    listener: impl Into<OwnedFd>,
    stop: impl Into<OwnedFd>,
    config: Config,
    codec: C,
    handler: H,
) -> io::Result<Report>
where
    C: Codec + Clone + Send + 'static,
    H: Fn(&Peer, &[u8]) -> Vec<u8> + Send + Sync + 'static,
{
    let listener = Socket::from(listener.into());
    // A connection that poll promised may be gone: do not wait for another.
    listener.set_nonblocking(true)?;
    let (ended, wake) = UnixStream::pair()?;
    ended.set_nonblocking(true)?;
    wake.set_nonblocking(true)?;
    let (tell, told) = UnixStream::pair()?;
    let shared = Arc::new(Shared {
        permits: Permits::new(config.max_connections, config.max_per_peer),
        tally: Arc::new(Tally::new(config.log.clone())),
        stop: Stop {
            fd: told,
            cut: OnceLock::new(),
        },
        config,
        handler,
        ended,
    });
    let stop = stop.into();
    let outcome = accept_loop(&listener, &stop, &shared, &wake, &codec);
    // In this order: one who is sent away must not come back to a listener
    // that is about to close.
    drop(listener);
    let cut = Instant::now() + shared.config.drain;
    let cut = *shared.stop.cut.get_or_init(|| cut);
    drop(tell);
    let stuck = drain(&shared.permits, &wake, cut + GRACE)?;
    outcome?;
    Ok(shared.tally.report(stuck))
}

fn accept_loop<C, H>(
    listener: &Socket,
    stop: &OwnedFd,
    shared: &Arc<Shared<H>>,
    wake: &UnixStream,
    codec: &C,
) -> io::Result<()>
where
    C: Codec + Clone + Send + 'static,
    H: Fn(&Peer, &[u8]) -> Vec<u8> + Send + Sync + 'static,
{
    // ANCHOR: accept
    let waits = shared.config.overflow == Overflow::Wait;
    let mut accepting = Accepting::new();
    let mut pause = None;
    loop {
        // Not asking about the listener leaves connections in its queue.
        let full = waits && shared.permits.full();
        let ask = if full || pause.is_some() { 2 } else { 3 };
        let mut fds = [
            PollFd::new(stop, PollFlags::IN),
            PollFd::new(wake, PollFlags::IN),
            PollFd::new(listener, PollFlags::IN),
        ];
        poll(&mut fds[..ask], pause.take())?;
        let [stop, ended, next] = fds.map(|fd| !fd.revents().is_empty());
        if stop {
            return Ok(());
        }
        if ended {
            forget(wake)?;
        }
        if !next {
            continue;
        }
        pause = match listener.accept() {
            Ok((stream, address)) => {
                accepting.worked(&shared.tally);
                admit(shared, codec.clone(), stream, &address)
            }
            Err(error) => accepting.failed(error, &shared.tally)?,
        };
    }
    // ANCHOR_END: accept
}

/// Starts a thread for the connection, or refuses it; `Some` asks to wait
/// before the next is accepted.
fn admit<C, H>(
    shared: &Arc<Shared<H>>,
    codec: C,
    stream: Socket,
    address: &SockAddr,
) -> Option<Duration>
where
    C: Codec + Send + 'static,
    H: Fn(&Peer, &[u8]) -> Vec<u8> + Send + Sync + 'static,
{
    let peer = peer_of(&stream, address);
    let permit = match shared.permits.try_take(peer.host()) {
        Ok(permit) => permit,
        Err(why) => {
            refuse(&stream, shared.config.refusal);
            shared.tally.note(&Event::Refused { peer, why });
            return None;
        }
    };
    let for_thread = Arc::clone(shared);
    // `thread::spawn` panics when there is no thread to be had, and would
    // take the accept loop with it.
    let spawned = thread::Builder::new().spawn(move || {
        let wake = Ended(for_thread);
        let shared = &*wake.0;
        let tally = Arc::clone(&shared.tally);
        let mut visit = Visit::new(peer, permit, tally);
        let why = serve(shared, codec, stream, &mut visit);
        visit.ends(why);
    });
    let why = Refusal::NoResources(spawned.err()?);
    shared.tally.note(&Event::Refused { peer, why });
    Some(Duration::from_millis(100))
}

/// Wakes the accept loop when a connection has ended, however it did.
/// Declared before the permit, so dropped after it.
struct Ended<H>(Arc<Shared<H>>);

impl<H> Drop for Ended<H> {
    fn drop(&mut self) {
        // A full buffer means that the loop has enough to wake up for.
        let _ = (&self.0.ended).write(&[0]);
    }
}

fn serve<C, H>(
    shared: &Shared<H>,
    codec: C,
    stream: Socket,
    visit: &mut Visit,
) -> Why
where
    C: Codec,
    H: Fn(&Peer, &[u8]) -> Vec<u8>,
{
    let timed = Timed {
        stream,
        deadlines: Cell::new(Deadlines::new(&shared.config, Instant::now())),
        stop: &shared.stop,
    };
    if let Err(error) = timed.stream.set_nonblocking(true) {
        return Why::Io(error);
    }
    converse(shared, codec, &timed, visit)
}

fn converse<C, H>(
    shared: &Shared<H>,
    codec: C,
    timed: &Timed<'_>,
    visit: &mut Visit,
) -> Why
where
    C: Codec,
    H: Fn(&Peer, &[u8]) -> Vec<u8>,
{
    let mut framed = Framed::new(timed, codec);
    loop {
        if timed.draining() {
            return Why::Drained;
        }
        let message = match framed.read_frame() {
            Ok(Some(message)) => message,
            Ok(None) => return Why::Done,
            Err(error) => return timed.deadlines.get().why(error),
        };
        let answer = (shared.handler)(&visit.peer(), &message);
        timed.update(Deadlines::answering);
        if let Err(error) = framed.write_frame(&answer) {
            return timed.deadlines.get().why(error);
        }
        timed.update(Deadlines::answered);
        if framed.has_begun() {
            timed.update(Deadlines::received);
        }
        visit.answered();
    }
}

/// A stream whose reads and writes keep the connection's deadline and hear
/// the request to stop.
struct Timed<'a> {
    stream: Socket,
    deadlines: Cell<Deadlines>,
    stop: &'a Stop,
}

impl Timed<'_> {
    fn update(&self, change: fn(&mut Deadlines, Instant)) {
        let mut deadlines = self.deadlines.get();
        change(&mut deadlines, Instant::now());
        self.deadlines.set(deadlines);
    }

    /// Whether the connection knew that the server stops. One that hears of
    /// it now may still send the message that is on its way.
    fn draining(&self) -> bool {
        let mut deadlines = self.deadlines.get();
        let knew = deadlines.draining();
        if let Some(&cut) = self.stop.cut.get() {
            deadlines.drain(cut);
            self.deadlines.set(deadlines);
        }
        knew
    }

    // ANCHOR: wait
    /// Waits until the stream is ready for `events` or there is news.
    fn wait(&self, events: PollFlags) -> io::Result<()> {
        let mut deadlines = self.deadlines.get();
        let now = Instant::now();
        let left = deadlines.expires().saturating_duration_since(now);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let mut fds = [
            PollFd::new(&self.stream, events),
            PollFd::new(&self.stop.fd, PollFlags::IN),
        ];
        // Once seen it stays readable: do not ask again.
        let ask = if deadlines.draining() { 1 } else { 2 };
        poll(&mut fds[..ask], Some(left))?;
        if let Some(&cut) = self.stop.cut.get() {
            deadlines.drain(cut);
            self.deadlines.set(deadlines);
        }
        Ok(())
    }
    // ANCHOR_END: wait
}

impl Read for &Timed<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.stream).read(buf) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(PollFlags::IN)?;
                }
                Ok(n) if n > 0 => {
                    self.update(Deadlines::received);
                    return Ok(n);
                }
                end_or_error => return end_or_error,
            }
        }
    }
}

impl Write for &Timed<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        loop {
            match (&self.stream).write(buf) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(PollFlags::OUT)?;
                }
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits until the connections have ended, at most until they are cut; says
/// how many handlers are still busy then. A thread cannot be killed.
fn drain(
    permits: &Permits,
    wake: &UnixStream,
    end: Instant,
) -> io::Result<usize> {
    loop {
        let open = permits.open();
        let left = end.saturating_duration_since(Instant::now());
        if open == 0 || left.is_zero() {
            return Ok(open);
        }
        let mut fds = [PollFd::new(wake, PollFlags::IN)];
        poll(&mut fds, Some(left))?;
        forget(wake)?;
    }
}

/// Says no without waiting for the peer. What it has sent is read: closing a
/// socket that holds unread bytes sends a reset, which can overtake the
/// answer (RFC 9112 §9.6 describes it for HTTP).
fn refuse(stream: &Socket, refusal: &[u8]) {
    if refusal.is_empty() || stream.set_nonblocking(true).is_err() {
        return;
    }
    // The send buffer of a new connection has room for a few bytes; a peer
    // that is gone does not care.
    let _ = stream.send(refusal);
    let _ = stream.shutdown(Shutdown::Write);
    let mut unread = [0; 4096];
    let _ = { stream }.read(&mut unread);
}

fn peer_of(stream: &Socket, address: &SockAddr) -> Peer {
    match address.as_socket() {
        Some(address) => Peer::Inet(address),
        None => Peer::Unix(uid_of(stream)),
    }
}

/// Who ran `connect`, which Linux noted then.
#[cfg(target_os = "linux")]
fn uid_of(stream: &Socket) -> Option<u32> {
    let credentials = rustix::net::sockopt::socket_peercred(stream).ok()?;
    Some(credentials.uid.as_raw())
}

#[cfg(not(target_os = "linux"))]
fn uid_of(_stream: &Socket) -> Option<u32> {
    None
}

/// poll(2). A signal that interrupts it is no event: the caller looks again.
fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<()> {
    let timeout = timeout.and_then(|left| Timespec::try_from(left).ok());
    match rustix::event::poll(fds, timeout.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Reads the bytes of [`Ended`] away.
fn forget(wake: &UnixStream) -> io::Result<()> {
    let mut bytes = [0; 64];
    loop {
        match rustix::io::read(wake.as_fd(), &mut bytes) {
            Ok(n) if n == bytes.len() => {}
            Ok(_) | Err(rustix::io::Errno::AGAIN) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
