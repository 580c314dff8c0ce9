//! A small runtime: 2.2's executor, parked on epoll.
//!
//! [`run`] runs a future and what it spawns, on one thread. A task that
//! awaits a socket leaves its waker with the [`Reactor`] and is not polled
//! again until epoll has reported the socket; one that sleeps leaves it with
//! the timers. The executor asks the reactor to wait whenever no task is
//! ready.
//!
//! Supported: TCP over IPv4 and IPv6, timers, tasks that are not [`Send`],
//! other descriptors that epoll takes (see [`Runtime::watch`]). Not supported:
//! more than one thread, files, resolving names. One task at a time may wait
//! to read a socket, and one to write; a second gets
//! [`ErrorKind::ResourceBusy`].

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::net::{self, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use ch02_concepts::executor::{JoinHandle, Park, Spawner, Unparker, block_on};
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;
use slotmap::{Key, KeyData, SlotMap, new_key_type};

use crate::bell::Bell;
use crate::timers::Timers;

new_key_type! {
    struct SourceId;
    struct TimerId;
}

/// Events taken from the kernel at once.
const EVENTS: usize = 256;
/// Connections that may wait for `accept`, if the system allows as many.
const BACKLOG: i32 = 4096;
/// Longer than this `park` does not wait at a time: epoll_pwait(2) counts
/// milliseconds in 31 bits, less than 25 days.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Not the number of any source.
const WOKEN: u64 = u64::MAX;
/// How often in a row a stream may be ready before its task has to let
/// others run.
const TURNS: u32 = 32;

/// One of the two ways in which a socket can be ready.
#[derive(Debug, Clone, Copy)]
pub enum Side {
    /// There is something to read, or to accept.
    Read = 0,
    /// There is room for something to write.
    Write = 1,
}

/// What the reactor knows of one socket, for each [`Side`].
// ANCHOR: source
#[derive(Default)]
struct Source {
    /// Ready, as far as we know. Edge-triggered, the kernel says so once.
    ready: [bool; 2],
    /// Whom to wake when it is. The place stays taken after the wake, until
    /// the future that took it is done or dropped.
    waiting: [Option<Waker>; 2],
    /// The peer's end, an error or urgent data has come: a read of fewer
    /// bytes than asked for may then leave something behind.
    more: bool,
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
    bell: Arc<Bell>,
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
        // Rung since the last time: look without waiting.
        let rung = (!self.bell.may_sleep()).then_some(Duration::ZERO);
        let wait = [timeout, next, rung].into_iter().flatten().min();
        let wait = wait.map(|w| Timespec::try_from(w.min(DAY)).expect("a day"));
        let buffer = rustix::buffer::spare_capacity(&mut self.events);
        match epoll::wait(&reactor.epoll, buffer, wait.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => panic!("epoll_wait on our own epoll: {error}"),
        }
        // What is woken from here on is found when we return.
        self.bell.awake();
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
        self.bell.listen();
    }

    fn unparker(&self) -> Unparker {
        let (bell, woken) = (Arc::clone(&self.bell), Arc::clone(&self.woken));
        Arc::new(move || {
            if bell.ring() {
                // It fails when the count is full: it is readable anyway.
                let _ = rustix::io::write(&woken, &1_u64.to_ne_bytes());
            }
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
        let last = ended | EventFlags::RDHUP;
        source.more |= flags.intersects(last | EventFlags::PRI);
        let mut woken = [const { None }; 2];
        for (side, meant) in [
            (Side::Read, EventFlags::IN | last),
            (Side::Write, EventFlags::OUT | ended),
        ] {
            if flags.intersects(meant) {
                source.ready[side as usize] = true;
                let waiting = source.waiting[side as usize].as_mut();
                woken[side as usize] = waiting
                    .map(|waker| mem::replace(waker, Waker::noop().clone()));
            }
        }
        // Any waker may be here, and may drop a socket when it is called.
        drop(sources);
        woken.into_iter().flatten().for_each(Waker::wake);
    }
    // ANCHOR_END: report

    fn wake_sleepers(&self) {
        let now = self.start.elapsed();
        loop {
            let Some(id) = self.timers.borrow_mut().pop_due(now) else {
                break;
            };
            let waker = self.sleepers.borrow_mut()[id].take();
            waker.into_iter().for_each(Waker::wake);
        }
    }
}

/// A descriptor that the reactor watches, until it is dropped. (tokio's is
/// called `AsyncFd`.)
pub struct Watched<S: AsFd> {
    socket: S,
    id: SourceId,
    reactor: Rc<Reactor>,
    turns: Cell<u32>,
}

impl<S: AsFd> Watched<S> {
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
            | EventFlags::PRI
            | EventFlags::ET;
        epoll::add(&reactor.epoll, &watched.socket, data, flags)?;
        Ok(watched)
    }
    // ANCHOR_END: watch

    /// The descriptor.
    pub fn get_ref(&self) -> &S {
        &self.socket
    }

    // ANCHOR: try_io
    /// Tries `call` until it says something else than `WouldBlock`, and
    /// sleeps in between until the socket is ready. `call` must not block.
    ///
    /// # Errors
    /// What `call` returns; [`ErrorKind::ResourceBusy`] when another future
    /// waits for this side already.
    pub async fn try_io<T>(
        &self,
        side: Side,
        mut call: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            self.ready(side).await?;
            match call(&self.socket) {
                // What the kernel reports from here on waits in epoll until
                // the next `park`, on this thread: nothing is overwritten.
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    let mut sources = self.reactor.sources.borrow_mut();
                    sources[self.id].ready[side as usize] = false;
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }
    // ANCHOR_END: try_io

    // ANCHOR: ready
    /// Waits until the socket is ready, as far as the reactor knows, and
    /// lets others run when it has been so too often in a row.
    async fn ready(&self, side: Side) -> io::Result<()> {
        let mut place = Place {
            watched: self,
            side,
            taken: false,
        };
        poll_fn(|context| {
            let mut sources = self.reactor.sources.borrow_mut();
            let source = &mut sources[self.id];
            let waiting = &mut source.waiting[side as usize];
            if waiting.is_some() && !place.taken {
                return Poll::Ready(Err(ErrorKind::ResourceBusy.into()));
            }
            if !source.ready[side as usize] {
                self.turns.set(0);
                place.taken = true;
                let old = waiting.replace(context.waker().clone());
                drop(sources);
                drop(old);
                return Poll::Pending;
            }
            if self.turns.get() >= TURNS {
                self.turns.set(0);
                drop(sources);
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.turns.set(self.turns.get() + 1);
            Poll::Ready(Ok(()))
        })
        .await
    }
    // ANCHOR_END: ready

    /// Notes that a stream has given fewer bytes than it was asked for: there
    /// are no more, unless it was the end that stopped them, or urgent data.
    /// Saves the call that would say `WouldBlock`. No `await` may stand
    /// between the read and this.
    pub fn drained(&self) {
        let source = &mut self.reactor.sources.borrow_mut()[self.id];
        source.ready[Side::Read as usize] = source.more;
    }
}

// ANCHOR: place
/// A future's place among those that wait, free again when the future is
/// done or dropped.
struct Place<'a, S: AsFd> {
    watched: &'a Watched<S>,
    side: Side,
    taken: bool,
}

impl<S: AsFd> Drop for Place<'_, S> {
    fn drop(&mut self) {
        if self.taken {
            let Watched { reactor, id, .. } = self.watched;
            let side = self.side as usize;
            let waker = reactor.sources.borrow_mut()[*id].waiting[side].take();
            drop(waker);
        }
    }
}

impl<S: AsFd> Drop for Watched<S> {
    fn drop(&mut self) {
        // Closing the socket would do, were there no copy of it elsewhere.
        let _ = epoll::delete(&self.reactor.epoll, &self.socket);
        let source = self.reactor.sources.borrow_mut().remove(self.id);
        drop(source);
    }
}
// ANCHOR_END: place

/// A TCP listener of this runtime.
pub type TcpListener = Watched<net::TcpListener>;

impl TcpListener {
    /// Accepts the next connection.
    ///
    /// # Errors
    /// As accept(2); most say nothing about the next call.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let accept = |listener: &net::TcpListener| listener.accept();
        let (stream, peer) = self.try_io(Side::Read, accept).await?;
        Ok((TcpStream::connected(&self.reactor, stream)?, peer))
    }
}

/// A TCP connection of this runtime. Dropped, it is closed.
pub type TcpStream = Watched<net::TcpStream>;

impl TcpStream {
    fn connected(
        reactor: &Rc<Reactor>,
        stream: net::TcpStream,
    ) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Watched::new(reactor, stream)
    }

    // ANCHOR: stream
    /// Reads what has come, at most as much as fits; 0 is the end.
    ///
    /// # Errors
    /// As read(2), and as [`Watched::try_io`].
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = |mut stream: &net::TcpStream| stream.read(buffer);
        let count = self.try_io(Side::Read, read).await?;
        if count < buffer.len() {
            self.drained();
        }
        Ok(count)
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// As write(2), and as [`Watched::try_io`]. Part of the bytes may have
    /// been written, as also when the future is dropped.
    pub async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let write = |mut stream: &net::TcpStream| stream.write(bytes);
            match self.try_io(Side::Write, write).await? {
                0 => return Err(ErrorKind::WriteZero.into()),
                count => bytes = &bytes[count..],
            }
        }
        Ok(())
    }
    // ANCHOR_END: stream
}

/// A future that is ready at a time, and not in its first poll: so others run
/// meanwhile, however short it is.
// ANCHOR: sleep
pub struct Sleep {
    reactor: Rc<Reactor>,
    id: TimerId,
    at: Duration,
    set: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.set && self.reactor.start.elapsed() >= self.at {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        let old = self.reactor.sleepers.borrow_mut()[self.id].replace(waker);
        drop(old);
        if !self.set {
            self.reactor.timers.borrow_mut().set(self.id, self.at);
            self.set = true;
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.reactor.timers.borrow_mut().remove(self.id);
        let waker = self.reactor.sleepers.borrow_mut().remove(self.id);
        drop(waker);
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
        let listener = net::TcpListener::bind(address)?;
        // The standard library's queue holds 128: too few for a thousand.
        socket2::SockRef::from(&listener).listen(BACKLOG)?;
        self.adopt(listener)
    }

    /// Takes over a listener of the standard library's.
    ///
    /// # Errors
    /// When it cannot be watched.
    pub fn adopt(&self, listener: net::TcpListener) -> io::Result<TcpListener> {
        listener.set_nonblocking(true)?;
        Watched::new(&self.reactor, listener)
    }

    /// Watches any descriptor that epoll takes, and does not change it: see
    /// [`Watched::try_io`].
    ///
    /// # Errors
    /// When epoll does not take it, as it does no regular file.
    pub fn watch<S: AsFd>(&self, descriptor: S) -> io::Result<Watched<S>> {
        Watched::new(&self.reactor, descriptor)
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
        let stream = TcpStream::connected(&self.reactor, socket.into())?;
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
        stream.try_io(Side::Write, decided).await?;
        Ok(stream)
    }

    /// Sleeps for `time`.
    pub fn sleep(&self, time: Duration) -> Sleep {
        let id = self.reactor.sleepers.borrow_mut().insert(None);
        Sleep {
            reactor: Rc::clone(&self.reactor),
            id,
            at: self.reactor.start.elapsed().saturating_add(time),
            set: false,
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

    /// What the reactor holds: sockets it watches, futures that wait for one
    /// of them, timers that are set.
    pub fn registrations(&self) -> (usize, usize, usize) {
        let sources = self.reactor.sources.borrow();
        let waiting = sources.values().flat_map(|source| &source.waiting);
        let timers = self.reactor.timers.borrow().len();
        (sources.len(), waiting.flatten().count(), timers)
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
        bell: Arc::default(),
        woken: Arc::new(woken),
        events: Vec::with_capacity(EVENTS),
    };
    Ok(block_on(parking, async |spawner| {
        main(Runtime { spawner, reactor }).await
    }))
}
// ANCHOR_END: run
