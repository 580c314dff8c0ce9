//! The driver for tokio.
//!
//! Dropping a future gives nothing back: a request that was given up takes its
//! connection with it, for a late response would be taken for the answer to
//! the next request.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use ch03_sockets::happy_eyeballs;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use crate::client::call::{Call, Next};
use crate::client::pool::{Acquired, Lease};
use crate::client::{
    Config, Error, Event, Exchange, FieldList, Origin, Pool, Request,
    ResponseHead, Timeout,
};
use crate::fault::Fault;

/// Opens connections.
// ANCHOR: connect
pub trait Connect: Send + Sync {
    /// What it opens.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin;

    /// Connects to `origin`. Whoever calls it drops the future when the time
    /// is up.
    ///
    /// # Errors
    /// Whatever is in the way.
    fn connect(
        &self,
        origin: &Origin,
    ) -> impl Future<Output = Result<Self::Stream, Error>> + Send;

    /// Whether there is nothing to read, neither an end nor bytes. A stream
    /// that tokio polls may look quiet until the reactor has run, so whoever
    /// can ask the kernel should.
    fn is_quiet(stream: &mut Self::Stream) -> bool {
        let mut space = [0];
        let mut space = ReadBuf::new(&mut space);
        let read =
            poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut space));
        // A task that has done much is told "pending", whatever there is.
        let read = pin!(tokio::task::unconstrained(read));
        read.poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    }
}
// ANCHOR_END: connect

/// Opens TCP connections, by Happy Eyeballs; to `https` none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tcp {
    /// How the addresses of a name race.
    pub race: happy_eyeballs::Config,
}

impl Connect for Tcp {
    type Stream = TcpStream;

    async fn connect(&self, origin: &Origin) -> Result<TcpStream, Error> {
        if origin.is_https() {
            return Err(Error::Connect("no TLS here".into()));
        }
        let port = origin.port();
        let addresses = match origin.host() {
            Host::Ipv4(ip) => vec![(*ip, port).into()],
            Host::Ipv6(ip) => vec![(*ip, port).into()],
            Host::Domain(name) => {
                tokio::net::lookup_host((name.as_str(), port))
                    .await
                    .map_err(|error| Error::Connect(error.into()))?
                    .collect()
            }
        };
        let race = happy_eyeballs::asynchronous::connect(&addresses, self.race);
        let stream = race.await.map_err(|e| Error::Connect(e.into()))?;
        stream.set_nodelay(true).map_err(Error::Io)?;
        Ok(stream)
    }

    // ANCHOR: quiet
    fn is_quiet(stream: &mut TcpStream) -> bool {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        let peeked = recv(&*stream, &mut [0], flags);
        matches!(peeked, Err(Errno::WOULDBLOCK))
    }
    // ANCHOR_END: quiet
}

/// Content to send, that can be read once.
pub type Source = Box<dyn AsyncRead + Send + Unpin>;

struct Shared<S> {
    pool: Mutex<Pool<S>>,
    /// A lease was given back.
    freed: Notify,
}

impl<S> Shared<S> {
    fn pool(&self) -> MutexGuard<'_, Pool<S>> {
        // Nothing in the pool panics half-way.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// ANCHOR: held
/// A connection that counts as in use until it is released, or dropped.
struct Held<S> {
    shared: Arc<Shared<S>>,
    lease: Option<Lease>,
}

impl<S> Drop for Held<S> {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            self.shared.pool().discard(lease);
            self.shared.freed.notify_waiters();
        }
    }
}
// ANCHOR_END: held

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
                freed: Notify::new(),
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
    pub async fn send(
        &self,
        request: Request,
    ) -> Result<Response<N::Stream>, Error> {
        self.send_from(request, Box::new(tokio::io::empty())).await
    }

    /// The same for a request whose content is a [stream](Request::stream).
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn send_from(
        &self,
        request: Request,
        mut source: Source,
    ) -> Result<Response<N::Stream>, Error> {
        let mut call = Call::new(request, &self.config, self.epoch.elapsed());
        loop {
            let mut talk = self.talk(&call, source).await?;
            let head = match talk.head().await {
                Ok(head) => head,
                Err(error) => {
                    call.failed(&talk.exchange, talk.reused, error)?;
                    source = talk.source;
                    continue;
                }
            };
            match call.answered(&talk.exchange, &head)? {
                Next::Deliver => return Response::new(head, &call, talk),
                Next::Again => source = talk.drain(self.config.drain).await,
            }
        }
    }

    /// A connection, and an exchange about to begin on it.
    async fn talk(
        &self,
        call: &Call,
        source: Source,
    ) -> Result<Talk<N::Stream>, Error> {
        let origin = call.request().origin();
        let (held, kept) = self.place(call).await?;
        let reused = kept.is_some();
        let stream = match kept {
            Some(stream) => stream,
            None => {
                let now = self.epoch.elapsed();
                let (by, which) = call.connect_by(&self.config, now);
                let connect = self.connect.connect(origin);
                timeout_at(instant(self.epoch, by), connect)
                    .await
                    .map_err(|_| which)??
            }
        };
        let now = self.epoch.elapsed();
        let (config, whole) = (&self.config, call.whole());
        Ok(Talk {
            exchange: Exchange::new(call.request(), config, now, whole),
            stream,
            flushed: true,
            held,
            source,
            reused,
            epoch: self.epoch,
        })
    }

    /// A kept connection that is still quiet, or the right to open one.
    async fn place(
        &self,
        call: &Call,
    ) -> Result<(Held<N::Stream>, Option<N::Stream>), Error> {
        let (origin, fresh) = (call.request().origin(), call.needs_fresh());
        loop {
            // Listens before it looks, or a lease could come back in between.
            let mut freed = pin!(self.shared.freed.notified());
            freed.as_mut().enable();
            let now = self.epoch.elapsed();
            let acquired = self.shared.pool().acquire(origin, fresh, now);
            let (lease, kept) = match acquired {
                Acquired::Open(lease) => (lease, None),
                Acquired::Reused(lease, stream) => (lease, Some(stream)),
                Acquired::Full => {
                    timeout_at(instant(self.epoch, call.whole()), freed)
                        .await
                        .map_err(|_| Timeout::Place)?;
                    continue;
                }
            };
            let held = Held {
                shared: Arc::clone(&self.shared),
                lease: Some(lease),
            };
            let Some(mut stream) = kept else {
                return Ok((held, None));
            };
            if N::is_quiet(&mut stream) {
                return Ok((held, Some(stream)));
            }
        }
    }
}

/// A time since `epoch` as a moment; one that is too far off is as far as
/// tokio's own "never".
fn instant(epoch: Instant, time: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    epoch + time.min(FAR)
}

/// An exchange on its connection.
struct Talk<S> {
    exchange: Exchange,
    stream: S,
    /// Whether what was written has left the stream's own buffers.
    flushed: bool,
    held: Held<S>,
    source: Source,
    reused: bool,
    epoch: Instant,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    /// The final head, or 101.
    async fn head(&mut self) -> Result<ResponseHead, Error> {
        loop {
            match self.event().await? {
                Event::Head(head) | Event::Upgraded(head) => return Ok(head),
                _ => {} // interim
            }
        }
    }

    // ANCHOR: event
    /// What happens next. Dropping this future loses nothing: whatever moved,
    /// the exchange knows.
    async fn event(&mut self) -> Result<Event, Error> {
        loop {
            let now = self.epoch.elapsed();
            if let Some(event) = self.exchange.poll(now)? {
                return Ok(event);
            }
            let deadline = instant(self.epoch, self.exchange.deadline());
            let moved = poll_fn(|cx| self.poll_move(cx));
            if let Ok(result) = timeout_at(deadline, moved).await {
                result?;
            } // or else poll says whose time is up
        }
    }

    /// Moves bytes in both directions.
    fn poll_move(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        // First: what comes before a byte is sent, answers nothing.
        if self.poll_read(cx)?.is_ready() {
            return Poll::Ready(Ok(()));
        }
        let filled = self.poll_fill(cx)?.is_ready();
        let wrote = self.poll_write(cx).is_ready();
        match filled || wrote {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }
    // ANCHOR_END: event

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let want = self.exchange.wants_content();
        if want == 0 {
            return Poll::Pending;
        }
        let mut space = vec![0; want];
        let mut space = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.source).poll_read(cx, &mut space))
            .map_err(Error::Content)?;
        Poll::Ready(self.exchange.content(space.filled()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut moved = false;
        loop {
            let stream = Pin::new(&mut self.stream);
            let result = match self.exchange.outgoing() {
                [] if self.flushed => break,
                [] => stream.poll_flush(cx).map_ok(|()| None),
                out => stream.poll_write(cx, out).map_ok(Some),
            };
            let now = self.epoch.elapsed();
            match result {
                Poll::Pending => break,
                Poll::Ready(Ok(None)) => self.flushed = true,
                Poll::Ready(Ok(Some(n))) if n > 0 => {
                    self.exchange.sent(n, now);
                    self.flushed = false;
                }
                Poll::Ready(_) => {
                    self.exchange.send_failed(now);
                    self.flushed = true; // there is nothing more to do
                }
            }
            moved = true;
        }
        if moved {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut space = [0; 16 << 10];
        let mut space = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut space))
            .map_err(Error::Io)?;
        match space.filled() {
            [] => self.exchange.ended(),
            bytes => self.exchange.received(bytes, self.epoch.elapsed()),
        }
        Poll::Ready(Ok(()))
    }

    /// Reads a response to its end that nobody wants, if that is not too much,
    /// so that the connection can be used again.
    async fn drain(mut self, most: u64) -> Source {
        let now = self.epoch.elapsed();
        if !self.exchange.begin_drain(now) {
            return self.source;
        }
        let mut left = most;
        loop {
            match self.event().await {
                Ok(Event::Data(data)) if data.len() as u64 <= left => {
                    left -= data.len() as u64;
                }
                Ok(Event::End(_)) => return self.finish(),
                _ => return self.source, // the connection is dropped
            }
        }
    }

    /// Gives the connection back, if it can be used again.
    fn finish(mut self) -> Source {
        if self.exchange.is_reusable()
            && self.flushed
            && let Some(lease) = self.held.lease.take()
        {
            let shared = &self.held.shared;
            let now = self.epoch.elapsed();
            shared.pool().release(lease, self.stream, now);
            shared.freed.notify_waiters();
        }
        self.source
    }
}

/// A response: its head, and its content as it comes. Dropping it before its
/// end closes the connection.
pub struct Response<S = TcpStream> {
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

impl<S: AsyncRead + AsyncWrite + Unpin> Response<S> {
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
    /// end. Dropping the future loses nothing.
    ///
    /// # Errors
    /// See [`Error`]. It is over then: asked again, it says
    /// [`Fault::CutOff`], and not that this was the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
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
            match talk.event().await {
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
    pub async fn content(&mut self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        while let Some(piece) = self.chunk().await? {
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

impl<S> fmt::Debug for Response<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("head", &self.head)
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}
