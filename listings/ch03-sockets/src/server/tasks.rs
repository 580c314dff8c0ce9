//! The server with a tokio task for each connection.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout_at};

use crate::asynchronous::Framed;
use crate::frame::Codec;
use crate::server::policy::{
    Accepting, Config, Deadlines, Event, Overflow, Peer, Permits, Report,
    Tally, Visit, Why,
};

/// How long aborted tasks have to end.
const GRACE: Duration = Duration::from_millis(200);

/// Where connections come from.
pub trait Listener {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection, and whose it is. Cancel safe.
    fn accept(
        &self,
    ) -> impl Future<Output = io::Result<(Self::Stream, Peer)>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, Peer)> {
        let (stream, address) = TcpListener::accept(self).await?;
        Ok((stream, Peer::Inet(address)))
    }
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<(UnixStream, Peer)> {
        let (stream, _) = UnixListener::accept(self).await?;
        let uid = stream.peer_cred().ok().map(|peer| peer.uid());
        Ok((stream, Peer::Unix(uid)))
    }
}

/// What the connections share.
struct Shared<H> {
    config: Config,
    handler: H,
    tally: Arc<Tally>,
    permits: Permits,
}

/// Serves the connections of `listener`, TCP or Unix-domain, until
/// `shutdown` is ready; then lets the open ones finish, and returns within
/// [`Config::drain`] and a moment.
///
/// `handler` answers a message of a peer. If it panics, its connection ends.
/// Where it waits, it waits with `.await`: a task that blocks its thread
/// cannot be aborted.
///
/// # Errors
/// When the listener can never accept again. Connections are drained before
/// that, too.
pub async fn run<L, C, H, F>(
    listener: L,
    shutdown: impl Future<Output = ()>,
    config: Config,
    codec: C,
    handler: H,
) -> io::Result<Report>
where
    L: Listener,
    C: Codec + Clone + Send + 'static,
    H: Fn(Peer, Bytes) -> F + Send + Sync + 'static,
    F: Future<Output = Vec<u8>> + Send,
{
    let shared = Arc::new(Shared {
        permits: Permits::new(config.max_connections, config.max_per_peer),
        tally: Arc::new(Tally::new(config.log.clone())),
        config,
        handler,
    });
    let (stop, stopped) = watch::channel(None);
    let mut tasks = JoinSet::new();
    // ANCHOR: run
    let outcome =
        accept_loop(&listener, shutdown, &shared, &codec, &mut tasks, stopped)
            .await;
    drop(listener);
    let cut = Instant::now() + shared.config.drain;
    // The receivers are the connections; there may be none.
    let _ = stop.send(Some(cut.into_std()));
    let all = async |tasks: &mut JoinSet<()>| {
        while tasks.join_next().await.is_some() {}
    };
    if timeout_at(cut, all(&mut tasks)).await.is_err() {
        tasks.abort_all();
        let _ = timeout_at(cut + GRACE, all(&mut tasks)).await;
    }
    outcome?;
    Ok(shared.tally.report(shared.permits.open()))
    // ANCHOR_END: run
}

async fn accept_loop<L, C, H, F>(
    listener: &L,
    shutdown: impl Future<Output = ()>,
    shared: &Arc<Shared<H>>,
    codec: &C,
    tasks: &mut JoinSet<()>,
    stopped: watch::Receiver<Stopped>,
) -> io::Result<()>
where
    L: Listener,
    C: Codec + Clone + Send + 'static,
    H: Fn(Peer, Bytes) -> F + Send + Sync + 'static,
    F: Future<Output = Vec<u8>> + Send,
{
    // ANCHOR: accept
    let waits = shared.config.overflow == Overflow::Wait;
    let mut shutdown = pin!(shutdown);
    let mut accepting = Accepting::new();
    let mut pause = None;
    loop {
        let full = waits && shared.permits.full();
        tokio::select! {
            biased;
            () = &mut shutdown => return Ok(()),
            // A connection has ended, which frees a permit and a descriptor.
            Some(_) = tasks.join_next() => pause = None,
            () = sleep(pause.unwrap_or_default()), if pause.is_some() => {
                pause = None;
            }
            next = listener.accept(), if pause.is_none() && !full => {
                match next {
                    Ok((stream, peer)) => {
                        accepting.worked(&shared.tally);
                        let stopped = stopped.clone();
                        admit(shared, codec, stream, peer, tasks, stopped);
                    }
                    Err(error) => {
                        pause = accepting.failed(error, &shared.tally)?;
                    }
                }
            }
        }
    }
    // ANCHOR_END: accept
}

/// When the server cuts, once it was told to stop.
type Stopped = Option<std::time::Instant>;

fn admit<S, C, H, F>(
    shared: &Arc<Shared<H>>,
    codec: &C,
    stream: S,
    peer: Peer,
    tasks: &mut JoinSet<()>,
    stopped: watch::Receiver<Stopped>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    C: Codec + Clone + Send + 'static,
    H: Fn(Peer, Bytes) -> F + Send + Sync + 'static,
    F: Future<Output = Vec<u8>> + Send,
{
    let shared = Arc::clone(shared);
    match shared.permits.try_take(peer.host()) {
        Ok(permit) => {
            let codec = codec.clone();
            let tally = Arc::clone(&shared.tally);
            let mut visit = Visit::new(peer, permit, tally);
            tasks.spawn(async move {
                let why =
                    converse(&shared, codec, stream, &mut visit, stopped).await;
                visit.ends(why);
            });
        }
        Err(why) => {
            shared.tally.note(&Event::Refused { peer, why });
            tasks.spawn(refuse(stream, shared.config.refusal));
        }
    }
}

async fn converse<S, C, H, F>(
    shared: &Shared<H>,
    codec: C,
    stream: S,
    visit: &mut Visit,
    mut stopped: watch::Receiver<Stopped>,
) -> Why
where
    S: AsyncRead + AsyncWrite + Unpin,
    C: Codec,
    H: Fn(Peer, Bytes) -> F,
    F: Future<Output = Vec<u8>>,
{
    let now = Instant::now().into_std();
    let deadlines = Deadlines::new(&shared.config, now);
    let mut framed = Framed::new(Timed::new(stream, deadlines), codec);
    loop {
        if framed.stream_mut().deadlines.draining() {
            return Why::Drained;
        }
        let frame = loop {
            tokio::select! {
                biased;
                // One that hears of it now may still send the message that
                // is on its way: the loop reads once more.
                Ok(()) = stopped.changed() => {
                    if let Some(cut) = *stopped.borrow() {
                        framed.stream_mut().deadlines.drain(cut);
                    }
                }
                frame = framed.read_frame() => break frame,
            }
        };
        let message = match frame {
            Ok(Some(message)) => message,
            Ok(None) => return Why::Done,
            Err(error) => return framed.stream_mut().deadlines.why(error),
        };
        let answer = (shared.handler)(visit.peer(), message).await;
        framed.stream_mut().update(Deadlines::answering);
        if let Err(error) = framed.write_frame(&answer).await {
            return framed.stream_mut().deadlines.why(error);
        }
        framed.stream_mut().update(Deadlines::answered);
        if framed.has_begun() {
            framed.stream_mut().update(Deadlines::received);
        }
        visit.answered();
    }
}

/// A stream whose reads and writes keep the connection's deadline.
struct Timed<S> {
    stream: S,
    deadlines: Deadlines,
    alarm: Pin<Box<Sleep>>,
}

impl<S> Timed<S> {
    fn new(stream: S, deadlines: Deadlines) -> Self {
        let alarm = Box::pin(sleep_until(deadlines.expires().into()));
        Timed {
            stream,
            deadlines,
            alarm,
        }
    }

    fn update(&mut self, change: fn(&mut Deadlines, std::time::Instant)) {
        change(&mut self.deadlines, Instant::now().into_std());
    }

    /// The stream is not ready: neither are we, unless it is too late.
    fn poll_late<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let expires = Instant::from_std(self.deadlines.expires());
        if self.alarm.deadline() != expires {
            self.alarm.as_mut().reset(expires);
        }
        ready!(self.alarm.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_pending() {
            return self.poll_late(cx);
        }
        if buf.filled().len() > before {
            self.update(Deadlines::received);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if written.is_pending() {
            return self.poll_late(cx);
        }
        written
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Says no without waiting for the peer. What it has sent is read: closing a
/// socket that holds unread bytes sends a reset, which can overtake the
/// answer (RFC 9112 §9.6 describes it for HTTP).
async fn refuse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    refusal: &'static [u8],
) {
    if refusal.is_empty() {
        return;
    }
    // The send buffer of a new connection has room for a few bytes; a peer
    // that is gone does not care.
    let _ = stream.write_all(refusal).await;
    let _ = stream.shutdown().await;
    let mut unread = [0; 4096];
    let mut unread = ReadBuf::new(&mut unread);
    std::future::poll_fn(|cx| {
        let _ = Pin::new(&mut stream).poll_read(cx, &mut unread);
        Poll::Ready(())
    })
    .await;
}
