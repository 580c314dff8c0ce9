//! tokio: a task for each connection.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use ch03_sockets::server::{Reaction, accept_error};
use tokio::io::{AsyncRead, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::ReadHalf;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use crate::drivers::sockets::{READ, half_close, write_once};
use crate::drivers::{BACK_OFF, Report, Server};
use crate::server::Service;
use crate::server::gate::Permit;
use crate::server::session::{Next, Session};

/// How many of those who wait in the listener's queue are taken when the
/// server stops: as many as there can be, by [`listen`](crate::drivers::listen).
const QUEUE: usize = 4096;

/// Serves on `workers` threads until `stop` becomes readable and the
/// connections have ended, or [`Server::drain`] is over.
///
/// # Errors
/// When the listener or tokio's driver fails.
pub fn run<S: Service>(
    server: Arc<Server<S>>,
    listener: TcpListener,
    workers: usize,
    stop: UnixStream,
) -> io::Result<()> {
    let runtime = match workers {
        0 | 1 => Builder::new_current_thread().enable_all().build()?,
        workers => Builder::new_multi_thread()
            .worker_threads(workers)
            .enable_all()
            .build()?,
    };
    listener.set_nonblocking(true)?;
    stop.set_nonblocking(true)?;
    runtime.block_on(accept(server, listener, stop))
}

/// What the tasks are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Stop {
    No,
    /// End what was begun.
    Finish,
    /// End at once.
    Now,
}

/// Waits until more is told than was before.
async fn later(stopped: &mut watch::Receiver<Stop>, before: Stop) -> Stop {
    match stopped.wait_for(|stop| *stop > before).await {
        Ok(stop) => *stop,
        // Nobody is left to tell.
        Err(_) => Stop::Now,
    }
}

async fn all(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

// ANCHOR: accept
async fn accept<S: Service>(
    server: Arc<Server<S>>,
    listener: TcpListener,
    stop: UnixStream,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let stop = tokio::net::UnixStream::from_std(stop)?;
    let (stopping, stopped) = watch::channel(Stop::No);
    let mut tasks = JoinSet::new();
    let mut failing = false;
    let accepted = loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.readable() => break Ok(()),
            // A task that has ended leaves nothing behind.
            Some(_) = tasks.join_next() => continue,
        };
        match accepted {
            Ok((stream, peer)) => {
                if std::mem::take(&mut failing) {
                    (server.report)(Report::AcceptWorks);
                }
                if let Some(task) = welcome(&server, stream, peer, &stopped) {
                    tasks.spawn(task);
                }
            }
            Err(error) => match accept_error(&error) {
                Reaction::Next => {}
                Reaction::BackOff => {
                    if !std::mem::replace(&mut failing, true) {
                        (server.report)(Report::AcceptFails(error));
                    }
                    sleep(BACK_OFF).await;
                }
                Reaction::Stop => break Err(error),
            },
        }
    };
    // Those in the queue would be reset with it.
    let mut left = QUEUE;
    while left > 0 {
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            () = std::future::ready(()) => break,
        };
        left -= 1;
        if let Ok((stream, peer)) = accepted
            && let Some(task) = welcome(&server, stream, peer, &stopped)
        {
            tasks.spawn(task);
        }
    }
    drop(listener);
    stopping.send_replace(Stop::Finish);
    if timeout(server.drain, all(&mut tasks)).await.is_err() {
        (server.report)(Report::CutOff(tasks.len()));
        stopping.send_replace(Stop::Now);
        all(&mut tasks).await;
    }
    accepted
}
// ANCHOR_END: accept

fn welcome<S: Service>(
    server: &Arc<Server<S>>,
    stream: TcpStream,
    peer: SocketAddr,
    stopped: &watch::Receiver<Stop>,
) -> Option<impl Future<Output = ()> + Send + use<S>> {
    let stream = stream.into_std().ok()?;
    let (session, permit) = server.welcome(&stream, peer)?;
    let stream = TcpStream::from_std(stream).ok()?;
    let stopped = stopped.clone();
    Some(serve(Arc::clone(server), stream, session, permit, stopped))
}

thread_local! {
    /// To read into: one for all connections of a thread, since nobody keeps
    /// anything in it from one poll to the next.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

// ANCHOR: serve
/// One connection, to its end.
async fn serve<S: Service>(
    server: Arc<Server<S>>,
    mut stream: TcpStream,
    mut session: Session<S>,
    _permit: Permit,
    mut stopped: watch::Receiver<Stop>,
) {
    let (mut reader, writer) = stream.split();
    let mut timer = pin!(sleep_until(Instant::now()));
    let mut stopping = Stop::No;
    loop {
        let now = server.now();
        server.hand_over(&mut session);
        let (wants, owes) = match session.next(now) {
            Next::Close => break,
            Next::HalfClose => {
                half_close(writer.as_ref());
                continue;
            }
            Next::Wait { read, write } => (read, write),
        };
        if owes && write(writer.as_ref(), &mut session, now) {
            consume_budget().await;
            continue;
        }
        arm(timer.as_mut(), &session, now);
        tokio::select! {
            biased;
            () = fill(&mut reader, &mut session, &server), if wants => {}
            _ = writer.writable(), if owes => {}
            () = &mut timer => {}
            stop = later(&mut stopped, stopping) => {
                stopping = stop;
                match stop {
                    Stop::Now => session.failed(),
                    _ => session.shut_down(server.now()),
                }
            }
        }
        session.tick(server.now());
    }
}
// ANCHOR_END: serve

/// Writes once, and says whether it is worth trying again.
fn write<S: Service>(
    stream: &TcpStream,
    session: &mut Session<S>,
    now: Duration,
) -> bool {
    let out = session.out();
    let write = || write_once(stream.as_fd(), out);
    match stream.try_io(Interest::WRITABLE, write) {
        Ok(written) => session.sent(written, now),
        Err(error) => match error.kind() {
            io::ErrorKind::WouldBlock => return false,
            io::ErrorKind::Interrupted => {}
            _ => session.failed(),
        },
    }
    true
}

/// Sees to it that the timer is not too late. One that is too early does no
/// harm.
fn arm<S: Service>(
    timer: Pin<&mut Sleep>,
    session: &Session<S>,
    now: Duration,
) {
    const LONG: Duration = Duration::from_secs(86_400);
    let left = match session.deadline() {
        Some(deadline) => deadline.saturating_sub(now),
        None => LONG,
    };
    let at = Instant::now() + left.min(LONG);
    if timer.is_elapsed() || at < timer.deadline() {
        timer.reset(at);
    }
}

// ANCHOR: fill
/// Waits until something has come, and gives it to the session.
async fn fill<S: Service>(
    stream: &mut ReadHalf<'_>,
    session: &mut Session<S>,
    server: &Server<S>,
) {
    poll_fn(|context| {
        BUFFER.with_borrow_mut(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            let stream = Pin::new(&mut *stream);
            match ready!(stream.poll_read(context, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => {
                    session.ended(server.now());
                }
                Ok(()) => session.received(buffer.filled(), server.now()),
                Err(_) => session.failed(),
            }
            Poll::Ready(())
        })
    })
    .await;
}
// ANCHOR_END: fill
