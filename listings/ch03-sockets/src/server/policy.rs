//! What a server decides, without any I/O: time, errors and peers are
//! arguments.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use crate::backoff::Backoff;
use crate::blocking::FramedError;
use crate::frame::FrameError;

/// What to do after `accept` failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// It was about one connection, which is gone: accept the next one.
    Next,
    /// It is about us, out of descriptors or memory: wait, then accept.
    BackOff,
    /// It is about the listener, which will never accept again.
    Stop,
}

/// Says what an error of `accept` means.
///
/// Linux reports errors that are pending on the *new* socket from `accept`
/// ([accept(2)], "Error handling"): they say nothing about the listener.
///
/// [accept(2)]: https://man7.org/linux/man-pages/man2/accept.2.html
// ANCHOR: accept_error
pub fn accept_error(error: &io::Error) -> Reaction {
    match Errno::from_io_error(error) {
        // The connection died in the queue, or there is none after all.
        Some(
            Errno::CONNABORTED
            | Errno::AGAIN
            | Errno::INTR
            | Errno::PROTO
            | Errno::NOPROTOOPT
            | Errno::NETDOWN
            | Errno::NETUNREACH
            | Errno::HOSTDOWN
            | Errno::HOSTUNREACH
            | Errno::TIMEDOUT,
        ) => Reaction::Next,
        // The listener is closed, not listening, or no socket.
        Some(Errno::BADF | Errno::INVAL | Errno::NOTSOCK) => Reaction::Stop,
        // MFILE, NFILE, NOBUFS, NOMEM; PERM and OPNOTSUPP, which may come
        // again at once; and whatever we do not know: waiting does no harm,
        // while a busy loop and an exit do.
        _ => Reaction::BackOff,
    }
}
// ANCHOR_END: accept_error

/// The limits of a server. Every one has a default, and none is "unlimited".
#[derive(Debug, Clone)]
// ANCHOR: config
pub struct Config {
    /// Connections served at a time; 512 by default. Each takes a
    /// descriptor, so stay below half of `ulimit -n`, 1024 on many systems.
    pub max_connections: usize,
    /// Of these, how many from one [`Host`]; 32 by default.
    pub max_per_peer: usize,
    /// What happens to the connection after the last; it waits by default.
    pub overflow: Overflow,
    /// What one who is refused gets to read, already in the protocol's
    /// frames; nothing by default. A few bytes: they are sent in one go.
    pub refusal: &'static [u8],
    /// From the end of one message to the first byte of the next; 60 s.
    pub idle: Duration,
    /// From the first byte of a message to its last; 10 s.
    pub message: Duration,
    /// From the first byte of an answer to the moment when the kernel has
    /// taken its last; 10 s.
    pub write: Duration,
    /// From the request to stop until open connections are cut; 5 s.
    pub drain: Duration,
    /// Who is told what happens; nobody by default.
    pub log: Log,
}
// ANCHOR_END: config

impl Default for Config {
    fn default() -> Self {
        Config {
            max_connections: 512,
            max_per_peer: 32,
            overflow: Overflow::Wait,
            refusal: b"",
            idle: Duration::from_secs(60),
            message: Duration::from_secs(10),
            write: Duration::from_secs(10),
            drain: Duration::from_secs(5),
            log: Log::default(),
        }
    }
}

/// What happens to a connection when [`Config::max_connections`] are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// It stays in the kernel's accept queue until a place is free.
    Wait,
    /// It is accepted, told [`Config::refusal`], and closed.
    Refuse,
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// An address and port, over TCP.
    Inet(SocketAddr),
    /// A process on this machine, over a Unix-domain socket, and the user
    /// who ran it, where the system tells.
    Unix(Option<u32>),
}

impl Peer {
    /// What [`Config::max_per_peer`] counts.
    pub fn host(&self) -> Host {
        match self {
            Peer::Inet(address) => match address.ip().to_canonical() {
                IpAddr::V4(ip) => Host::V4(ip.octets()),
                IpAddr::V6(ip) => {
                    let [a, b, c, d, ..] = ip.segments();
                    Host::V6([a, b, c, d])
                }
            },
            Peer::Unix(uid) => Host::User(*uid),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Inet(address) => address.fmt(f),
            Peer::Unix(Some(uid)) => write!(f, "uid {uid}"),
            Peer::Unix(None) => f.write_str("a local process"),
        }
    }
}

/// All connections that count as one peer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// An IPv4 address.
    V4([u8; 4]),
    /// An IPv6 network of 64 bits: one machine has all of its 2⁶⁴ addresses
    /// to connect from (RFC 4291 §2.5.4).
    V6([u16; 4]),
    /// A user of this machine.
    User(Option<u32>),
}

/// Counts the connections that are open.
#[derive(Debug, Clone)]
pub struct Permits {
    max: usize,
    max_per_peer: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_host: HashMap<Host, usize>,
}

// ANCHOR: permit
/// The right to one connection, given back when it is dropped: at the end
/// of the function that serves, by `?`, by a panic, by an aborted task.
#[derive(Debug)]
pub struct Permit {
    host: Host,
    open: Arc<Mutex<Open>>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        open.all -= 1;
        let of_host = open.by_host.get_mut(&self.host);
        let of_host = of_host.expect("counted when the permit was given");
        *of_host -= 1;
        if *of_host == 0 {
            open.by_host.remove(&self.host);
        }
    }
}
// ANCHOR_END: permit

impl Permits {
    /// Up to `max` permits at a time, up to `max_per_peer` for one host.
    pub fn new(max: usize, max_per_peer: usize) -> Self {
        Permits {
            max,
            max_per_peer,
            open: Arc::default(),
        }
    }

    /// A permit for one more connection from `host`.
    ///
    /// # Errors
    /// Which limit is reached.
    pub fn try_take(&self, host: Host) -> Result<Permit, Refusal> {
        let mut open = lock(&self.open);
        if open.all >= self.max {
            return Err(Refusal::Full);
        }
        let of_host = open.by_host.get(&host).copied().unwrap_or(0);
        if of_host >= self.max_per_peer {
            return Err(Refusal::PeerFull);
        }
        open.all += 1;
        open.by_host.insert(host, of_host + 1);
        let open = Arc::clone(&self.open);
        Ok(Permit { host, open })
    }

    /// How many permits are out.
    pub fn open(&self) -> usize {
        lock(&self.open).all
    }

    /// Whether another connection has to wait.
    pub fn full(&self) -> bool {
        self.open() >= self.max
    }
}

/// The data behind a lock that a panic poisoned is as good as ever where,
/// as everywhere in this file, nothing can panic half-way through a change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When a connection has had its time. Reads no clock: `now` is passed.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    idle: Duration,
    message: Duration,
    write: Duration,
    state: State,
    /// When it started.
    since: Instant,
    /// When the server stops, once it was told to.
    cut: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Message,
    Answer,
}

impl Deadlines {
    /// A connection accepted at `now`.
    pub fn new(config: &Config, now: Instant) -> Self {
        Deadlines {
            idle: config.idle,
            message: config.message,
            write: config.write,
            state: State::Idle,
            since: now,
            cut: None,
        }
    }

    // ANCHOR: deadlines
    /// Bytes arrived. The first starts a message; no later one gives the
    /// peer more time, or one byte a second would hold us for ever.
    pub fn received(&mut self, now: Instant) {
        if self.state == State::Idle {
            (self.state, self.since) = (State::Message, now);
        }
    }

    /// The answer is about to be written.
    pub fn answering(&mut self, now: Instant) {
        (self.state, self.since) = (State::Answer, now);
    }

    /// The answer is written: the peer's turn. Where bytes of the next
    /// message came with the last one, call [`Deadlines::received`] as well.
    pub fn answered(&mut self, now: Instant) {
        (self.state, self.since) = (State::Idle, now);
    }

    /// The server stops, and cuts what is still open at `cut`.
    pub fn drain(&mut self, cut: Instant) {
        self.cut = Some(cut);
    }

    /// When the connection has to be closed, if nothing happens before.
    pub fn expires(&self) -> Instant {
        let (own, _) = self.own();
        match self.cut {
            // Between two messages there is nothing to wait for.
            Some(_) if self.state == State::Idle => self.since,
            Some(cut) => own.min(cut),
            None => own,
        }
    }
    // ANCHOR_END: deadlines

    /// Whether the server was told to stop.
    pub fn draining(&self) -> bool {
        self.cut.is_some()
    }

    /// Why the connection is closed, now that [`Deadlines::expires`] passed.
    pub fn late(&self) -> Why {
        let (own, late) = self.own();
        match self.cut {
            Some(_) if self.state == State::Idle => Why::Drained,
            Some(cut) if cut < own => Why::Cut,
            _ => Why::Late(late),
        }
    }

    fn own(&self) -> (Instant, Late) {
        let (after, late) = match self.state {
            State::Idle => (self.idle, Late::Idle),
            State::Message => (self.message, Late::Message),
            State::Answer => (self.write, Late::Write),
        };
        (self.since + after, late)
    }

    /// Why the connection ended, when reading or writing a frame failed.
    ///
    /// The drivers report a deadline of ours as an error of kind
    /// [`io::ErrorKind::TimedOut`] without a number. With one it is
    /// `ETIMEDOUT`, the kernel's word that the peer acknowledged nothing.
    pub fn why(&self, error: FramedError) -> Why {
        match error {
            FramedError::Io(error)
                if error.kind() == io::ErrorKind::TimedOut
                    && error.raw_os_error().is_none() =>
            {
                self.late()
            }
            FramedError::Io(error) => Why::Io(error),
            FramedError::Frame(error) if self.state == State::Answer => {
                Why::Answer(error)
            }
            FramedError::Frame(error) => Why::Protocol(error),
        }
    }
}

/// Which deadline passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// [`Config::idle`]: no message began.
    Idle,
    /// [`Config::message`]: a message began and did not end.
    Message,
    /// [`Config::write`]: the peer does not read.
    Write,
}

// ANCHOR: why
/// Why a connection ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Why {
    /// The peer ended the stream after a whole message.
    Done,
    /// The server was told to stop, between two messages.
    Drained,
    /// A deadline of ours passed.
    Late(Late),
    /// What the peer sent is no frame, too long a frame, or half of one.
    Protocol(FrameError),
    /// The stream failed: a reset, a broken pipe, a lost network.
    Io(io::Error),
    /// The handler's answer does not fit into a frame.
    Answer(FrameError),
    /// The handler panicked.
    Panicked,
    /// The server stopped before the connection had finished.
    Cut,
}
// ANCHOR_END: why

/// Who has to do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody: this is how connections end.
    Nobody,
    /// The peer, or the network between us: we cannot repair it.
    Peer,
    /// We: it is a bug or a limit of this server.
    Us,
}

impl Why {
    /// Whose fault it is, which is what a log level has to say.
    pub fn fault(&self) -> Fault {
        use io::ErrorKind::*;
        match self {
            Why::Done | Why::Drained | Why::Late(Late::Idle) => Fault::Nobody,
            Why::Late(_) | Why::Protocol(_) => Fault::Peer,
            Why::Io(error) => match error.kind() {
                ConnectionReset | BrokenPipe | TimedOut | HostUnreachable
                | NetworkUnreachable | NetworkDown => Fault::Peer,
                _ => Fault::Us,
            },
            Why::Answer(_) | Why::Panicked | Why::Cut => Fault::Us,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Done => "done",
            Why::Drained => "the server stops",
            Why::Late(Late::Idle) => "idle for too long",
            Why::Late(Late::Message) => "no whole message in time",
            Why::Late(Late::Write) => "does not read the answer",
            Why::Protocol(error) => return write!(f, "protocol: {error}"),
            Why::Io(error) => return error.fmt(f),
            Why::Answer(error) => return write!(f, "answer: {error}"),
            Why::Panicked => "the handler panicked",
            Why::Cut => "cut: the server stops",
        })
    }
}

/// Why a connection was not served.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// [`Config::max_connections`] are open.
    Full,
    /// [`Config::max_per_peer`] from this peer are open.
    PeerFull,
    /// The system gives no further thread, or no further descriptor.
    NoResources(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Full => f.write_str("too many connections"),
            Refusal::PeerFull => f.write_str("too many from this peer"),
            Refusal::NoResources(error) => error.fmt(f),
        }
    }
}

/// What happened. [`fmt::Display`] makes a line for a log of it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A connection is served.
    Accepted {
        /// Whose it is.
        peer: Peer,
    },
    /// A connection was accepted and closed at once.
    Refused {
        /// Whose it was.
        peer: Peer,
        /// The limit that was reached.
        why: Refusal,
    },
    /// A connection ended.
    Closed {
        /// Whose it was.
        peer: Peer,
        /// How many messages were answered.
        answered: u64,
        /// The cause.
        why: Why,
    },
    /// `accept` fails; told once, not each time.
    AcceptFails {
        /// The first error.
        error: io::Error,
    },
    /// `accept` works again.
    AcceptWorks {
        /// How many times it had failed.
        failures: u64,
    },
}

impl Event {
    /// Who has to do something about it.
    pub fn fault(&self) -> Fault {
        match self {
            Event::Accepted { .. } => Fault::Nobody,
            Event::Closed { why, .. } => why.fault(),
            Event::Refused { why, .. } => match why {
                Refusal::PeerFull => Fault::Peer,
                Refusal::Full | Refusal::NoResources(_) => Fault::Us,
            },
            Event::AcceptFails { .. } | Event::AcceptWorks { .. } => Fault::Us,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Accepted { peer } => write!(f, "{peer}: accepted"),
            Event::Refused { peer, why } => {
                write!(f, "{peer}: refused: {why}")
            }
            Event::Closed {
                peer,
                answered,
                why,
            } => write!(f, "{peer}: closed after {answered} answered: {why}"),
            Event::AcceptFails { error } => {
                write!(f, "accept fails: {error}")
            }
            Event::AcceptWorks { failures } => {
                write!(f, "accept works after {failures} failures")
            }
        }
    }
}

/// A function that is told every [`Event`], from many threads. It must not
/// panic, and what it waits for, the server waits for.
#[derive(Clone, Default)]
pub struct Log(Option<Arc<Listener>>);

type Listener = dyn Fn(&Event) + Send + Sync;

impl Log {
    /// Tells `log` what happens.
    pub fn to(log: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Log(Some(Arc::new(log)))
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Log" } else { "no log" })
    }
}

/// What a server did, from start to stop.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Connections served.
    pub accepted: u64,
    /// Connections accepted and closed at once.
    pub refused: u64,
    /// Messages answered.
    pub answered: u64,
    /// Connections closed by a deadline.
    pub late: u64,
    /// Connections closed because they did not keep to the protocol.
    pub protocol: u64,
    /// Connections whose stream failed.
    pub failed: u64,
    /// Handlers that panicked.
    pub panicked: u64,
    /// Connections cut at the end of [`Config::drain`].
    pub cut: u64,
    /// Handlers that were still busy when the server returned.
    pub stuck: u64,
}

impl Report {
    /// Counts `event` in.
    pub fn count(&mut self, event: &Event) {
        match event {
            Event::Accepted { .. } => self.accepted += 1,
            Event::Refused { .. } => self.refused += 1,
            Event::Closed { answered, why, .. } => {
                self.answered += answered;
                match why {
                    Why::Done | Why::Drained => {}
                    Why::Late(_) => self.late += 1,
                    Why::Protocol(_) => self.protocol += 1,
                    Why::Io(_) | Why::Answer(_) => self.failed += 1,
                    Why::Panicked => self.panicked += 1,
                    Why::Cut => self.cut += 1,
                }
            }
            Event::AcceptFails { .. } | Event::AcceptWorks { .. } => {}
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "accepted {}, refused {}, answered {}, late {}, protocol {}, \
             failed {}, panicked {}, cut {}, stuck {}",
            self.accepted,
            self.refused,
            self.answered,
            self.late,
            self.protocol,
            self.failed,
            self.panicked,
            self.cut,
            self.stuck
        )
    }
}

/// The log and the report of one server.
#[derive(Debug)]
pub struct Tally {
    report: Mutex<Report>,
    log: Log,
}

impl Tally {
    /// Nothing has happened yet.
    pub fn new(log: Log) -> Self {
        let report = Mutex::default();
        Tally { report, log }
    }

    /// Counts `event` and tells the log.
    pub fn note(&self, event: &Event) {
        lock(&self.report).count(event);
        if let Some(log) = &self.log.0 {
            log(event);
        }
    }

    /// What has happened so far; `stuck` handlers are still busy.
    pub fn report(&self, stuck: usize) -> Report {
        let stuck = stuck as u64;
        Report {
            stuck,
            ..*lock(&self.report)
        }
    }
}

/// One connection from accept to close. However it ends, the log hears of
/// it: also when the handler panics or its task is aborted.
#[derive(Debug)]
pub struct Visit {
    peer: Peer,
    tally: Arc<Tally>,
    answered: u64,
    why: Option<Why>,
    _permit: Permit,
}

impl Visit {
    /// `peer` is served, as `permit` allows.
    pub fn new(peer: Peer, permit: Permit, tally: Arc<Tally>) -> Self {
        tally.note(&Event::Accepted { peer });
        Visit {
            peer,
            tally,
            answered: 0,
            why: None,
            _permit: permit,
        }
    }

    /// Who is served.
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// A message was answered.
    pub fn answered(&mut self) {
        self.answered += 1;
    }

    /// It ends, for this reason.
    pub fn ends(&mut self, why: Why) {
        self.why = Some(why);
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let why = self.why.take().unwrap_or(if thread::panicking() {
            Why::Panicked
        } else {
            Why::Cut
        });
        self.tally.note(&Event::Closed {
            peer: self.peer,
            answered: self.answered,
            why,
        });
    }
}

/// The wait after the first failure of `accept` that is our own fault.
const FIRST_WAIT: Duration = Duration::from_millis(5);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How `accept` has fared: what to do after each failure, and when to speak.
#[derive(Debug)]
pub struct Accepting {
    failures: u64,
    backoff: Backoff,
}

impl Accepting {
    /// Accept has not failed yet.
    pub fn new() -> Self {
        let backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT, u32::MAX);
        let failures = 0;
        Accepting { failures, backoff }
    }

    /// Accept failed: how long to wait before the next try, if at all.
    ///
    /// # Errors
    /// `error` itself, when there is no use in another try.
    pub fn failed(
        &mut self,
        error: io::Error,
        tally: &Tally,
    ) -> io::Result<Option<Duration>> {
        match accept_error(&error) {
            Reaction::Next => return Ok(None),
            Reaction::Stop => return Err(error),
            Reaction::BackOff => {}
        }
        self.failures += 1;
        if self.failures == 1 {
            tally.note(&Event::AcceptFails { error });
        }
        Ok(self.backoff.try_again().or(Some(LONGEST_WAIT)))
    }

    /// Accept succeeded.
    pub fn worked(&mut self, tally: &Tally) {
        if self.failures > 0 {
            let failures = self.failures;
            tally.note(&Event::AcceptWorks { failures });
            *self = Accepting::new();
        }
    }
}

impl Default for Accepting {
    fn default() -> Self {
        Accepting::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn config() -> Config {
        Config {
            idle: 60 * S,
            message: 10 * S,
            write: 20 * S,
            ..Config::default()
        }
    }

    fn reaction(errno: Errno) -> Reaction {
        accept_error(&errno.into())
    }

    #[test]
    fn accept_errors_are_about_the_connection_us_or_the_listener() {
        assert_eq!(reaction(Errno::CONNABORTED), Reaction::Next);
        assert_eq!(reaction(Errno::HOSTUNREACH), Reaction::Next);
        assert_eq!(reaction(Errno::MFILE), Reaction::BackOff);
        assert_eq!(reaction(Errno::NOMEM), Reaction::BackOff);
        assert_eq!(reaction(Errno::BADF), Reaction::Stop);
        // A security module says no before the connection leaves the queue;
        // a socket of another type never accepts. Neither may spin.
        assert_eq!(reaction(Errno::PERM), Reaction::BackOff);
        assert_eq!(reaction(Errno::OPNOTSUPP), Reaction::BackOff);
        // An error that no list names must neither spin nor stop.
        assert_eq!(reaction(Errno::XDEV), Reaction::BackOff);
        let unnumbered = io::Error::other("no number");
        assert_eq!(accept_error(&unnumbered), Reaction::BackOff);
    }

    #[test]
    fn a_byte_now_and_then_does_not_move_the_deadline_of_a_message() {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(&config(), start);
        assert_eq!(deadlines.expires(), start + 60 * S);
        for second in 50..59 {
            deadlines.received(start + second * S);
            assert_eq!(deadlines.expires(), start + 60 * S);
        }
        assert!(matches!(deadlines.late(), Why::Late(Late::Message)));
    }

    #[test]
    fn each_state_has_its_own_deadline() {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(&config(), start);
        assert!(matches!(deadlines.late(), Why::Late(Late::Idle)));
        deadlines.answering(start + 5 * S);
        assert_eq!(deadlines.expires(), start + 25 * S);
        assert!(matches!(deadlines.late(), Why::Late(Late::Write)));
        deadlines.answered(start + 6 * S);
        assert_eq!(deadlines.expires(), start + 66 * S);
    }

    #[test]
    fn draining_ends_what_is_idle_at_once_and_the_rest_at_the_cut() {
        let start = Instant::now();
        let mut idle = Deadlines::new(&config(), start);
        let mut busy = idle;
        busy.received(start);
        idle.drain(start + 2 * S);
        busy.drain(start + 2 * S);
        assert_eq!(idle.expires(), start);
        assert!(matches!(idle.late(), Why::Drained));
        assert_eq!(busy.expires(), start + 2 * S);
        assert!(matches!(busy.late(), Why::Cut));
    }

    #[test]
    fn our_deadline_is_not_the_kernels_timeout() {
        let deadlines = Deadlines::new(&config(), Instant::now());
        let ours = io::Error::from(io::ErrorKind::TimedOut);
        let kernels = io::Error::from(Errno::TIMEDOUT);
        let why = deadlines.why(ours.into());
        assert!(matches!(why, Why::Late(Late::Idle)), "{why:?}");
        let why = deadlines.why(kernels.into());
        assert!(matches!(why, Why::Io(_)), "{why:?}");
        assert_eq!(why.fault(), Fault::Peer);
    }

    #[test]
    fn permits_are_counted_by_peer_and_given_back() {
        let permits = Permits::new(3, 2);
        let host =
            |text: &str| Peer::Inet(text.parse().expect("an address")).host();
        let a = permits.try_take(host("127.0.0.1:1")).unwrap();
        let _b = permits.try_take(host("127.0.0.1:2")).unwrap();
        let refused = permits.try_take(host("[::ffff:127.0.0.1]:3"));
        assert!(matches!(refused, Err(Refusal::PeerFull)), "mapped IPv4");
        let _c = permits.try_take(host("127.0.0.2:1")).unwrap();
        let refused = permits.try_take(host("127.0.0.3:1"));
        assert!(matches!(refused, Err(Refusal::Full)));
        drop(a);
        assert_eq!(permits.open(), 2);
        permits.try_take(host("127.0.0.1:4")).unwrap();
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_host() {
        let host =
            |text: &str| Peer::Inet(text.parse().expect("an address")).host();
        let first = host("[2001:db8:0:1::1]:1");
        assert_eq!(first, host("[2001:db8:0:1:ffff::9]:2"));
        assert_ne!(first, host("[2001:db8:0:2::1]:1"));
    }

    #[test]
    fn a_permit_comes_back_from_a_thread_that_panicked() {
        let permits = Permits::new(1, 1);
        let permit = permits.try_take(Host::User(None)).unwrap();
        let handler = thread::spawn(move || {
            let _permit = permit;
            panic!("on purpose");
        });
        assert!(handler.join().is_err());
        assert_eq!(permits.open(), 0);
    }

    #[test]
    fn failing_to_accept_is_told_once_and_waits_longer_each_time() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let log = Log::to({
            let told = Arc::clone(&told);
            move |event| lock(&told).push(event.to_string())
        });
        let tally = Tally::new(log);
        let mut accepting = Accepting::new();
        let mut waits = Vec::new();
        for _ in 0..3 {
            let wait = accepting.failed(Errno::MFILE.into(), &tally);
            waits.extend(wait.unwrap());
        }
        assert_eq!(waits, [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]);
        accepting.worked(&tally);
        let told = lock(&told);
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[1], "accept works after 3 failures");
    }
}
