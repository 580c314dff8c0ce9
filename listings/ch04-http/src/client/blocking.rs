//! The driver for a thread of its own.
//!
//! The thread blocks, the socket does not: [`Wire::wait`] waits for both
//! directions at once and not beyond a deadline, which neither a blocking
//! `read` nor a blocking `write` can. A [`Client`] may be shared by threads.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ch03_sockets::happy_eyeballs::{self, Family};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use url::{Host, Url};

use crate::client::call::{Call, Next};
use crate::client::pool::{Acquired, Lease};
use crate::client::{
    Config, Error, Event, Exchange, FieldList, Origin, Pool, Request,
    ResponseHead, Timeout,
};
use crate::fault::Fault;

/// A connection whose `read` and `write` do not block: they say
/// [`ErrorKind::WouldBlock`].
// ANCHOR: wire
pub trait Wire: Read + Write {
    /// Waits until there is something to read or, if `write`, room to write;
    /// or for this long. It may return for no reason.
    ///
    /// # Errors
    /// When waiting is impossible.
    fn wait(&mut self, write: bool, at_most: Duration) -> io::Result<()>;
}
// ANCHOR_END: wire

impl Wire for TcpStream {
    fn wait(&mut self, write: bool, at_most: Duration) -> io::Result<()> {
        let mut interest = PollFlags::IN;
        interest.set(PollFlags::OUT, write);
        let at_most = Timespec::try_from(at_most).ok(); // none: for ever
        let mut fds = [PollFd::new(&*self, interest)];
        match poll(&mut fds, at_most.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Opens connections.
pub trait Connect {
    /// What it opens.
    type Stream: Wire;

    /// Connects to `origin`, within this time.
    ///
    /// # Errors
    /// Whatever is in the way; [`Error::Timeout`].
    fn connect(
        &self,
        origin: &Origin,
        at_most: Duration,
    ) -> Result<Self::Stream, Error>;
}

/// Opens TCP connections, by Happy Eyeballs; to `https` none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tcp {
    /// How the addresses of a name race.
    pub race: happy_eyeballs::Config,
}

impl Connect for Tcp {
    type Stream = TcpStream;

    // ANCHOR: connect
    fn connect(
        &self,
        origin: &Origin,
        at_most: Duration,
    ) -> Result<TcpStream, Error> {
        if origin.is_https() {
            return Err(Error::Connect("no TLS here".into()));
        }
        // Asked once, by whichever of the two queries comes first.
        let found = Arc::new(OnceLock::new());
        let query = |family| {
            let (origin, found) = (origin.clone(), Arc::clone(&found));
            move || -> Vec<SocketAddr> {
                let all = found.get_or_init(|| addresses(&origin));
                let these = all.iter().filter(|a| Family::of(a) == family);
                these.copied().collect()
            }
        };
        let (v6, v4) = (query(Family::V6), query(Family::V4));
        let begun = Instant::now();
        let stream = happy_eyeballs::blocking::race(v6, v4, self.race, at_most);
        let stream = stream.map_err(|error| {
            // The last attempt may notice first that the time is up.
            match error.timed_out || begun.elapsed() >= at_most {
                true => Error::Timeout(Timeout::Connect),
                false => Error::Connect(error.into()),
            }
        })?;
        // Small pieces of a request wait for nobody.
        stream.set_nodelay(true).map_err(Error::Io)?;
        stream.set_nonblocking(true).map_err(Error::Io)?;
        Ok(stream)
    }
    // ANCHOR_END: connect
}

/// Nothing, if the name is not known.
fn addresses(origin: &Origin) -> Vec<SocketAddr> {
    let port = origin.port();
    match origin.host() {
        Host::Ipv4(ip) => vec![SocketAddr::new((*ip).into(), port)],
        Host::Ipv6(ip) => vec![SocketAddr::new((*ip).into(), port)],
        Host::Domain(name) => (name.as_str(), port)
            .to_socket_addrs()
            .map_or_else(|_| Vec::new(), Iterator::collect),
    }
}

/// Content to send, that can be read once.
pub type Source = Box<dyn Read + Send>;

struct Shared<S> {
    pool: Mutex<Pool<S>>,
    /// A lease was given back.
    freed: Condvar,
}

impl<S> Shared<S> {
    fn pool(&self) -> MutexGuard<'_, Pool<S>> {
        // Nothing in the pool panics half-way.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that counts as in use until it is released, or dropped.
struct Held<S> {
    shared: Arc<Shared<S>>,
    lease: Option<Lease>,
}

impl<S> Drop for Held<S> {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            self.shared.pool().discard(lease);
            self.shared.freed.notify_all();
        }
    }
}

/// A client. Its clones share its connections.
pub struct Client<N: Connect = Tcp> {
    shared: Arc<Shared<N::Stream>>,
    connect: Arc<N>,
    config: Config,
    epoch: Instant,
}

impl Client {
    /// A client of `http`.
    pub fn new(config: Config) -> Self {
        Client::with(config, Tcp::default())
    }
}

impl<N: Connect> Clone for Client<N> {
    fn clone(&self) -> Self {
        Client {
            shared: Arc::clone(&self.shared),
            connect: Arc::clone(&self.connect),
            config: self.config,
            epoch: self.epoch,
        }
    }
}

impl<N: Connect> fmt::Debug for Client<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pool = self.shared.pool();
        f.debug_struct("Client")
            .field("config", &self.config)
            .field("connections", &pool.total())
            .field("idle", &pool.idle())
            .finish_non_exhaustive()
    }
}

impl<N: Connect> Client<N> {
    /// A client whose connections `connect` opens.
    pub fn with(config: Config, connect: N) -> Self {
        Client {
            shared: Arc::new(Shared {
                pool: Mutex::new(Pool::new(config.pool)),
                freed: Condvar::new(),
            }),
            connect: Arc::new(connect),
            config,
            epoch: Instant::now(),
        }
    }

    /// How many connections are open, and how many of them idle.
    pub fn connections(&self) -> (usize, usize) {
        let mut pool = self.shared.pool();
        pool.expire(self.epoch.elapsed());
        (pool.total(), pool.idle())
    }

    /// Sends a request and waits for the head of its response.
    ///
    /// # Errors
    /// See [`Error`]. A status code is none.
    pub fn send(&self, request: Request) -> Result<Response<N::Stream>, Error> {
        self.send_from(request, Box::new(io::empty()))
    }

    /// The same for a request whose content is a
    /// [stream](Request::stream). Reading from `source` is not timed.
    ///
    /// # Errors
    /// As [`Client::send`].
    // ANCHOR: send
    pub fn send_from(
        &self,
        request: Request,
        mut source: Source,
    ) -> Result<Response<N::Stream>, Error> {
        let mut call = Call::new(request, &self.config, self.epoch.elapsed());
        loop {
            let mut talk = self.talk(&call, source)?;
            let head = match talk.head() {
                Ok(head) => head,
                Err(error) => {
                    call.failed(&talk.exchange, talk.reused, error)?;
                    source = talk.source;
                    continue;
                }
            };
            match call.answered(&talk.exchange, &head)? {
                Next::Deliver => return Response::new(head, &call, talk),
                Next::Again => {
                    source = talk.drain(self.config.drain);
                }
            }
        }
    }
    // ANCHOR_END: send

    /// A connection, and an exchange about to begin on it.
    fn talk(
        &self,
        call: &Call,
        source: Source,
    ) -> Result<Talk<N::Stream>, Error> {
        let origin = call.request().origin();
        let (lease, kept) = self.place(call)?;
        let held = Held {
            shared: Arc::clone(&self.shared),
            lease: Some(lease),
        };
        let reused = kept.is_some();
        let stream = match kept {
            Some(stream) => stream,
            None => {
                let now = self.epoch.elapsed();
                let (by, which) = call.connect_by(&self.config, now);
                let stream = self.connect.connect(origin, by - now);
                stream.map_err(|error| match error {
                    Error::Timeout(_) => Error::Timeout(which),
                    error => error,
                })?
            }
        };
        let now = self.epoch.elapsed();
        let (config, whole) = (&self.config, call.whole());
        Ok(Talk {
            exchange: Exchange::new(call.request(), config, now, whole),
            stream,
            held,
            source,
            reused,
            epoch: self.epoch,
        })
    }

    /// A kept connection that is still quiet, or the right to open one.
    // ANCHOR: place
    fn place(&self, call: &Call) -> Result<(Lease, Option<N::Stream>), Error> {
        let (origin, fresh) = (call.request().origin(), call.needs_fresh());
        let mut pool = self.shared.pool();
        loop {
            let now = self.epoch.elapsed();
            let Some(left) = call.whole().checked_sub(now) else {
                return Err(Timeout::Place.into());
            };
            match pool.acquire(origin, fresh, now) {
                Acquired::Open(lease) => return Ok((lease, None)),
                Acquired::Reused(lease, mut stream) => {
                    // Closed, or stray bytes: either is something to read.
                    match stream.read(&mut [0]) {
                        Err(e) if e.kind() == ErrorKind::WouldBlock => {
                            return Ok((lease, Some(stream)));
                        }
                        _ => pool.discard(lease),
                    }
                }
                Acquired::Full if left.is_zero() => {
                    return Err(Timeout::Place.into());
                }
                Acquired::Full => {
                    let freed = &self.shared.freed;
                    let waited = freed.wait_timeout(pool, left);
                    pool = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }
    // ANCHOR_END: place
}

/// An exchange on its connection.
struct Talk<S> {
    exchange: Exchange,
    stream: S,
    held: Held<S>,
    source: Source,
    reused: bool,
    epoch: Instant,
}

impl<S: Wire> Talk<S> {
    /// The final head, or 101.
    fn head(&mut self) -> Result<ResponseHead, Error> {
        loop {
            match self.event()? {
                Event::Head(head) | Event::Upgraded(head) => return Ok(head),
                _ => {} // interim
            }
        }
    }

    // ANCHOR: event
    /// What happens next.
    fn event(&mut self) -> Result<Event, Error> {
        loop {
            let now = self.epoch.elapsed();
            if let Some(event) = self.exchange.poll(now)? {
                return Ok(event);
            }
            // First: what comes before a byte is sent, answers nothing.
            if self.read()? {
                continue;
            }
            self.fill()?;
            if self.write() {
                continue;
            }
            let write = !self.exchange.outgoing().is_empty();
            let deadline = self.exchange.deadline();
            let left = deadline.saturating_sub(self.epoch.elapsed());
            self.stream.wait(write, left).map_err(Error::Io)?;
        }
    }
    // ANCHOR_END: event

    fn fill(&mut self) -> Result<(), Error> {
        let want = self.exchange.wants_content();
        if want == 0 {
            return Ok(());
        }
        let mut piece = vec![0; want];
        let n = loop {
            match self.source.read(&mut piece) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                result => break result.map_err(Error::Content)?,
            }
        };
        self.exchange.content(&piece[..n])
    }

    /// Sends what there is. Says whether something moved.
    fn write(&mut self) -> bool {
        let mut moved = false;
        loop {
            let out = self.exchange.outgoing();
            let result = match out {
                [] => self.stream.flush().map(|()| None),
                out => self.stream.write(out).map(Some),
            };
            let now = self.epoch.elapsed();
            match result {
                Ok(None) => return moved,
                Ok(Some(n)) if n > 0 => self.exchange.sent(n, now),
                Err(e) if e.kind() == ErrorKind::WouldBlock => return moved,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => {
                    self.exchange.send_failed(now);
                    return true;
                }
            }
            moved = true;
        }
    }

    /// Receives what there is. Says whether something moved.
    fn read(&mut self) -> Result<bool, Error> {
        let mut space = [0; 16 << 10];
        match self.stream.read(&mut space) {
            Ok(0) => self.exchange.ended(),
            Ok(n) => {
                self.exchange.received(&space[..n], self.epoch.elapsed());
            }
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Io(error)),
        }
        Ok(true)
    }

    /// Reads a response to its end that nobody wants, if that is not too much,
    /// so that the connection can be used again.
    fn drain(mut self, most: u64) -> Source {
        let now = self.epoch.elapsed();
        if !self.exchange.begin_drain(now) {
            return self.source;
        }
        let mut left = most;
        loop {
            match self.event() {
                Ok(Event::Data(data)) if data.len() as u64 <= left => {
                    left -= data.len() as u64;
                }
                Ok(Event::End(_)) => return self.finish(),
                _ => return self.source, // the connection is dropped
            }
        }
    }

    // ANCHOR: finish
    /// Gives the connection back, if it can be used again.
    fn finish(mut self) -> Source {
        if self.exchange.is_reusable()
            && let Some(lease) = self.held.lease.take()
        {
            let shared = &self.held.shared;
            let now = self.epoch.elapsed();
            shared.pool().release(lease, self.stream, now);
            shared.freed.notify_all();
        }
        self.source
    }
    // ANCHOR_END: finish
}

/// A response: its head, and its content as it comes. Dropping it before its
/// end closes the connection.
pub struct Response<S: Wire = TcpStream> {
    head: ResponseHead,
    url: Url,
    redirects: usize,
    /// Until the end.
    talk: Option<Talk<S>>,
    /// It ended by an error, which is not to be taken for its end.
    failed: bool,
    /// Read, and not yet taken.
    ready: Bytes,
    trailers: FieldList,
}

impl<S: Wire> Response<S> {
    fn new(
        head: ResponseHead,
        call: &Call,
        talk: Talk<S>,
    ) -> Result<Self, Error> {
        let mut response = Response {
            head,
            url: call.request().url().clone(),
            redirects: call.redirects(),
            talk: Some(talk),
            failed: false,
            ready: Bytes::new(),
            trailers: FieldList::default(),
        };
        // Where there is no content, the end is here already.
        if let Some(talk) = &mut response.talk
            && let Some(event) = talk.exchange.poll(talk.epoch.elapsed())?
        {
            response.note(event);
        }
        Ok(response)
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Data(data) => self.ready = data,
            Event::End(fields) => {
                self.trailers = fields;
                self.talk.take().map(Talk::finish);
            }
            _ => {}
        }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// Status code, version and fields.
    pub fn head(&self) -> &ResponseHead {
        &self.head
    }

    /// Where it is from, all redirects followed.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How many redirects were followed.
    pub fn redirects(&self) -> usize {
        self.redirects
    }

    /// The trailer fields; there are none before the end.
    pub fn trailers(&self) -> &FieldList {
        &self.trailers
    }

    /// The next piece of the content, as large as it came, and `None` at its
    /// end.
    ///
    /// # Errors
    /// See [`Error`]. It is over then: asked again, it says
    /// [`Fault::CutOff`], and not that this was the end.
    pub fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if !self.ready.is_empty() {
                return Ok(Some(std::mem::take(&mut self.ready)));
            }
            let Some(talk) = &mut self.talk else {
                return match self.failed {
                    true => Err(Error::Fault(Fault::CutOff)),
                    false => Ok(None),
                };
            };
            match talk.event() {
                Ok(event) => self.note(event),
                Err(error) => {
                    self.talk = None;
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }

    /// All the rest of the content; at most `Limits::body`.
    ///
    /// # Errors
    /// As [`Response::chunk`].
    pub fn content(&mut self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        while let Some(piece) = self.chunk()? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// The connection, and what came behind the head: after 101, for the
    /// other protocol. It does not go back into the pool.
    pub fn into_connection(mut self) -> Option<(S, Bytes)> {
        let talk = self.talk.take()?;
        Some((talk.stream, talk.exchange.into_unread()))
    }
}

impl<S: Wire> Read for Response<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() && !buffer.is_empty() {
            self.ready = self.chunk()?.unwrap_or_default();
        }
        let n = self.ready.len().min(buffer.len());
        buffer[..n].copy_from_slice(&self.ready.split_to(n));
        Ok(n)
    }
}

impl<S: Wire> fmt::Debug for Response<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("head", &self.head)
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}
