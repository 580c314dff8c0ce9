//! A small runtime: 2.2's executor, parked on epoll.
//!
//! [`run`] runs a future and what it spawns, on one thread. A task that
//! awaits a socket leaves its waker with the [`Reactor`] and is not polled
//! again until epoll has reported the socket; one that sleeps leaves it with
//! the timers. The executor asks the reactor to wait whenever no task is
//! ready.
//!
//! Supported: TCP over IPv4 and IPv6, timers, tasks that are not [`Send`]. Not
//! supported: more than one thread, files, UDP, resolving names; one task at a
//! time may wait to read a stream, and one to write.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::os::fd::OwnedFd;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use ch02_concepts::executor::{
    JoinHandle, Park, Spawner, Unparker, block_on,
};
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;
use slotmap::{Key, KeyData, SlotMap, new_key_type};

use crate::timers::Timers;

new_key_type! {
    struct SourceId;
    struct TimerId;
}

/// Events taken from the kernel at once.
const EVENTS: usize = 256;
/// Not the number of any source.
const WOKEN: u64 = u64::MAX;
/// How often in a row a stream may be ready before its task has to let
/// others run.
const TURNS: u32 = 32;

/// One of the two ways in which a socket can be ready.
#[derive(Debug, Clone, Copy)]
enum Side {
    Read = 0,
    Write = 1,
}

/// What the reactor knows of one socket, for each [`Side`].
// ANCHOR: source
#[derive(Default)]
struct Source {
    /// Ready, as far as we know. Edge-triggered, the kernel says so once.
    ready: [bool; 2],
    /// Whom to wake when it is.
    waker: [Option<Waker>; 2],
}
// ANCHOR_END: source

struct Reactor {
    epoll: OwnedFd,
    sources: RefCell<SlotMap<SourceId, Source>>,
    timers: RefCell<Timers<TimerId>>,
    sleepers: RefCell<SlotMap<TimerId, Option<Waker>>>,
    start: Instant,
}

/// The reactor as the executor's place to wait.
struct Parking {
    reactor: Rc<Reactor>,
    woken: Arc<OwnedFd>,
    events: Vec<epoll::Event>,
}

// ANCHOR: park
impl Park for Parking {
    fn park(&mut self, timeout: Option<Duration>) {
        let reactor = &self.reactor;
        let now = reactor.start.elapsed();
        let next = reactor.timers.borrow().next();
        let next = next.map(|at| at.saturating_sub(now));
        let wait = [timeout, next].into_iter().flatten().min();
        let wait = wait.and_then(|wait| Timespec::try_from(wait).ok());
        let buffer = rustix::buffer::spare_capacity(&mut self.events);
        match epoll::wait(&reactor.epoll, buffer, wait.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => panic!("epoll_wait on our own epoll: {error}"),
        }
        for event in self.events.drain(..) {
            match event.data.u64() {
                // Reading an eventfd sets it back to zero.
                WOKEN => {
                    let _ = rustix::io::read(&self.woken, &mut [0_u8; 8]);
                }
                data => reactor.report(data, event.flags),
            }
        }
        reactor.wake_sleepers();
    }

    fn unparker(&self) -> Unparker {
        let woken = Arc::clone(&self.woken);
        Arc::new(move || {
            // It fails when the count is full: then it is readable anyway.
            let _ = rustix::io::write(&woken, &1_u64.to_ne_bytes());
        })
    }
}
// ANCHOR_END: park

impl Reactor {
    // ANCHOR: report
    /// Notes what the kernel has reported, and wakes who waits for it. An
    /// error or a hang-up counts as both: the call that follows says what it
    /// is.
    fn report(&self, data: u64, flags: EventFlags) {
        let id = SourceId::from(KeyData::from_ffi(data));
        let mut sources = self.sources.borrow_mut();
        // An event of a socket that was closed meanwhile finds nobody.
        let Some(source) = sources.get_mut(id) else {
            return;
        };
        let ended = EventFlags::ERR | EventFlags::HUP;
        let sides = [
            (Side::Read, EventFlags::IN | EventFlags::RDHUP | ended),
            (Side::Write, EventFlags::OUT | ended),
        ];
        for (side, meant) in sides {
            if flags.intersects(meant) {
                source.ready[side as usize] = true;
                if let Some(waker) = source.waker[side as usize].take() {
                    waker.wake();
                }
            }
        }
    }
    // ANCHOR_END: report

    fn wake_sleepers(&self) {
        let now = self.start.elapsed();
        let mut timers = self.timers.borrow_mut();
        while let Some(id) = timers.pop_due(now) {
            let mut sleepers = self.sleepers.borrow_mut();
            if let Some(waker) = sleepers.get_mut(id).and_then(Option::take) {
                waker.wake();
            }
        }
    }
}

/// A socket that the reactor watches, until it is dropped.
struct Watched<S> {
    socket: S,
    id: SourceId,
    reactor: Rc<Reactor>,
    turns: Cell<u32>,
}

impl<S: std::os::fd::AsFd> Watched<S> {
    // ANCHOR: watch
    fn new(reactor: &Rc<Reactor>, socket: S) -> io::Result<Self> {
        // As if it were ready: the first call finds out.
        let source = Source {
            ready: [true; 2],
            ..Source::default()
        };
        let id = reactor.sources.borrow_mut().insert(source);
        let watched = Watched {
            socket,
            id,
            reactor: Rc::clone(reactor),
            turns: Cell::new(0),
        };
        let data = EventData::new_u64(id.data().as_ffi());
        let flags = EventFlags::IN
            | EventFlags::OUT
            | EventFlags::RDHUP
            | EventFlags::ET;
        epoll::add(&reactor.epoll, &watched.socket, data, flags)?;
        Ok(watched)
    }
    // ANCHOR_END: watch

    // ANCHOR: try_io
    /// Tries `call` until it does something else than `WouldBlock`, and
    /// sleeps in between until the socket is ready.
    async fn try_io<T>(
        &self,
        side: Side,
        mut call: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            self.ready(side).await;
            match call(&self.socket) {
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    // Nothing can be reported between the call and this:
                    // reports are made by `park`, on this thread.
                    let mut sources = self.reactor.sources.borrow_mut();
                    sources[self.id].ready[side as usize] = false;
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }

    /// Waits until the socket is ready, as far as the reactor knows, and
    /// lets others run when it has been so too often in a row.
    async fn ready(&self, side: Side) {
        let forget = Forget { watched: self, side };
        poll_fn(|context| {
            let mut sources = self.reactor.sources.borrow_mut();
            let source = &mut sources[self.id];
            if !source.ready[side as usize] {
                self.turns.set(0);
                source.waker[side as usize] = Some(context.waker().clone());
                return Poll::Pending;
            }
            if self.turns.get() >= TURNS {
                self.turns.set(0);
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.turns.set(self.turns.get() + 1);
            Poll::Ready(())
        })
        .await;
        drop(forget);
    }
    // ANCHOR_END: try_io
}

// ANCHOR: forget
/// Takes the waker back when its future is dropped before it was woken.
struct Forget<'a, S> {
    watched: &'a Watched<S>,
    side: Side,
}

impl<S> Drop for Forget<'_, S> {
    fn drop(&mut self) {
        let mut sources = self.watched.reactor.sources.borrow_mut();
        if let Some(source) = sources.get_mut(self.watched.id) {
            source.waker[self.side as usize] = None;
        }
    }
}

impl<S> Drop for Watched<S> {
    fn drop(&mut self) {
        // Closing the socket, which follows, takes it out of epoll.
        self.reactor.sources.borrow_mut().remove(self.id);
    }
}
// ANCHOR_END: forget

/// A TCP listener of this runtime.
pub struct TcpListener(Watched<net::TcpListener>);

impl TcpListener {
    /// Accepts the next connection.
    ///
    /// # Errors
    /// As accept(2); most say nothing about the next call.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let accept = |listener: &net::TcpListener| listener.accept();
        let (stream, peer) = self.0.try_io(Side::Read, accept).await?;
        Ok((TcpStream::new(&self.0.reactor, stream)?, peer))
    }

    /// The address it listens on.
    ///
    /// # Errors
    /// As getsockname(2).
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.socket.local_addr()
    }
}

/// A TCP connection of this runtime. Dropped, it is closed.
pub struct TcpStream(Watched<net::TcpStream>);

impl TcpStream {
    fn new(reactor: &Rc<Reactor>, stream: net::TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Ok(TcpStream(Watched::new(reactor, stream)?))
    }

    // ANCHOR: stream
    /// Reads what has come, at most as much as fits; 0 is the end.
    ///
    /// # Errors
    /// As read(2).
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = |mut stream: &net::TcpStream| stream.read(buffer);
        self.0.try_io(Side::Read, read).await
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// As write(2). Part of the bytes may have been written, as also when
    /// the future is dropped.
    pub async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let write = |mut stream: &net::TcpStream| stream.write(bytes);
            match self.0.try_io(Side::Write, write).await? {
                0 => return Err(ErrorKind::WriteZero.into()),
                count => bytes = &bytes[count..],
            }
        }
        Ok(())
    }
    // ANCHOR_END: stream

    /// Ends one direction, or both.
    ///
    /// # Errors
    /// As shutdown(2).
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.0.socket.shutdown(how)
    }
}

/// A future that is ready at a time.
// ANCHOR: sleep
pub struct Sleep {
    reactor: Rc<Reactor>,
    id: TimerId,
    at: Duration,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.reactor.start.elapsed() >= self.at {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        self.reactor.sleepers.borrow_mut()[self.id] = Some(waker);
        self.reactor.timers.borrow_mut().set(self.id, self.at);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.reactor.timers.borrow_mut().remove(self.id);
        self.reactor.sleepers.borrow_mut().remove(self.id);
    }
}
// ANCHOR_END: sleep

/// A handle on the runtime, for its own thread.
#[derive(Clone)]
pub struct Runtime {
    spawner: Spawner,
    reactor: Rc<Reactor>,
}

impl Runtime {
    /// Runs `future` in turns with the others. Its output comes by the
    /// handle, which need not be kept.
    pub fn spawn<T: 'static>(
        &self,
        future: impl Future<Output = T> + 'static,
    ) -> JoinHandle<T> {
        self.spawner.spawn(future)
    }

    /// Listens on `address`.
    ///
    /// # Errors
    /// As bind(2) and listen(2).
    pub fn listen(&self, address: SocketAddr) -> io::Result<TcpListener> {
        self.adopt(net::TcpListener::bind(address)?)
    }

    /// Takes over a listener of the standard library's.
    ///
    /// # Errors
    /// When it cannot be watched.
    pub fn adopt(&self, listener: net::TcpListener) -> io::Result<TcpListener> {
        listener.set_nonblocking(true)?;
        Ok(TcpListener(Watched::new(&self.reactor, listener)?))
    }

    /// Connects to `address`.
    ///
    /// # Errors
    /// As connect(2).
    pub async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let domain = socket2::Domain::for_address(address);
        let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&address.into()) {
            Err(e) if Errno::from_io_error(&e) == Some(Errno::INPROGRESS) => {}
            other => other?,
        }
        let stream = TcpStream::new(&self.reactor, socket.into())?;
        // Writable means that it has been decided: how, SO_ERROR says.
        let decided = |stream: &net::TcpStream| match stream.take_error()? {
            Some(error) => Err(error),
            None => match stream.peer_addr() {
                Err(e) if e.kind() == ErrorKind::NotConnected => {
                    Err(ErrorKind::WouldBlock.into())
                }
                other => other,
            },
        };
        stream.0.try_io(Side::Write, decided).await?;
        Ok(stream)
    }

    /// Sleeps for `time`.
    pub fn sleep(&self, time: Duration) -> Sleep {
        let id = self.reactor.sleepers.borrow_mut().insert(None);
        Sleep {
            reactor: Rc::clone(&self.reactor),
            id,
            at: self.reactor.start.elapsed().saturating_add(time),
        }
    }

    /// What `future` yields, or `None` if it takes longer than `time`: then
    /// it is dropped.
    pub async fn timeout<T>(
        &self,
        time: Duration,
        future: impl Future<Output = T>,
    ) -> Option<T> {
        let (mut future, mut sleep) = (pin!(future), pin!(self.sleep(time)));
        poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            sleep.as_mut().poll(context).map(|()| None)
        })
        .await
    }

    /// How many sockets are watched, and how many timers are set.
    pub fn registrations(&self) -> (usize, usize) {
        let sources = self.reactor.sources.borrow().len();
        (sources, self.reactor.timers.borrow().len())
    }
}

/// Runs the future that `main` makes, and what it spawns, until it is done.
///
/// # Errors
/// When there is no descriptor for epoll or for waking it.
// ANCHOR: run
pub fn run<T>(main: impl AsyncFnOnce(Runtime) -> T) -> io::Result<T> {
    let reactor = Rc::new(Reactor {
        epoll: epoll::create(CreateFlags::CLOEXEC)?,
        sources: RefCell::default(),
        timers: RefCell::default(),
        sleepers: RefCell::default(),
        start: Instant::now(),
    });
    let woken = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
    let data = EventData::new_u64(WOKEN);
    epoll::add(&reactor.epoll, &woken, data, EventFlags::IN)?;
    let parking = Parking {
        reactor: Rc::clone(&reactor),
        woken: Arc::new(woken),
        events: Vec::with_capacity(EVENTS),
    };
    Ok(block_on(parking, async |spawner| {
        main(Runtime { spawner, reactor }).await
    }))
}
// ANCHOR_END: run
