//! epoll, edge-triggered: a thread for each listener, and as many connections
//! as there may be in each.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use ch03_multiplexing::machine::Id;
use ch03_multiplexing::timers::Timers;
use ch03_sockets::server::{Reaction, accept_error};
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use slotmap::{Key, KeyData, SlotMap};

use crate::drivers::sockets::{READ, half_close, read, write};
use crate::drivers::{BACK_OFF, Report, Server};
use crate::server::Service;
use crate::server::gate::Permit;
use crate::server::session::{Next, Session};

/// Events taken from the kernel at once.
const EVENTS: usize = 256;
/// Connections accepted before the others get their turn.
const ACCEPTS: usize = 32;
/// How many of those who wait in the listener's queue are taken when the
/// server stops: as many as there can be, by [`listen`](crate::drivers::listen).
const QUEUE: usize = 4096;
/// Not the number of any [`Id`].
const LISTENER: u64 = u64::MAX;
const STOP: u64 = u64::MAX - 1;

// ANCHOR: connection
struct Connection<S> {
    stream: TcpStream,
    session: Session<S>,
    /// Bytes may be there: the kernel says so once.
    readable: bool,
    /// There may be room.
    writable: bool,
    /// The end of the stream is there, perhaps behind bytes.
    ended: bool,
    /// It is among the busy.
    busy: bool,
    _permit: Permit,
}
// ANCHOR_END: connection

struct Worker<'a, S> {
    server: &'a Server<S>,
    epoll: OwnedFd,
    listener: Option<TcpListener>,
    /// Until when the listener rests, because it has failed.
    rests: Option<Duration>,
    failing: bool,
    connections: SlotMap<Id, Connection<S>>,
    timers: Timers<Id>,
    /// Connections that have something to do, as far as we know.
    busy: Vec<Id>,
    buffer: Vec<u8>,
}

/// Serves until `stop` becomes readable and the connections have ended, or
/// [`Server::drain`] is over.
///
/// # Errors
/// When a listener or epoll itself fails.
pub fn run<S: Service>(
    server: &Server<S>,
    listeners: Vec<TcpListener>,
    stop: &UnixStream,
) -> io::Result<()> {
    thread::scope(|scope| {
        let start = |listener| scope.spawn(|| work(server, listener, stop));
        let workers: Vec<_> = listeners.into_iter().map(start).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, io::Result<()>>| {
            worker.join().expect("a worker does not panic")
        };
        workers.into_iter().try_for_each(join)
    })
}

// ANCHOR: run
fn work<S: Service>(
    server: &Server<S>,
    listener: TcpListener,
    stop: &UnixStream,
) -> io::Result<()> {
    let mut worker = Worker::new(server, listener, stop)?;
    let mut events = Vec::with_capacity(EVENTS);
    let mut until = None;
    loop {
        let now = server.now();
        if let Some(until) = until
            && (worker.connections.is_empty() || now >= until)
        {
            worker.cut_off();
            return Ok(());
        }
        worker.wait(&mut events, until, now)?;
        let now = server.now();
        for event in events.drain(..) {
            match event.data.u64() {
                LISTENER => drop(worker.accept(now)?),
                STOP => {
                    until = until.or(Some(now + server.drain));
                    worker.stop(stop, now)?;
                }
                data => {
                    let id = Id::from(KeyData::from_ffi(data));
                    worker.note(id, event.flags);
                }
            }
        }
        for id in std::mem::take(&mut worker.busy) {
            worker.turn(id, now);
        }
        worker.tick(now)?;
    }
}
// ANCHOR_END: run

impl<'a, S: Service> Worker<'a, S> {
    fn new(
        server: &'a Server<S>,
        listener: TcpListener,
        stop: &UnixStream,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let data = EventData::new_u64(LISTENER);
        epoll::add(&epoll, &listener, data, EventFlags::IN)?;
        let data = EventData::new_u64(STOP);
        epoll::add(&epoll, stop, data, EventFlags::IN)?;
        Ok(Worker {
            server,
            epoll,
            listener: Some(listener),
            rests: None,
            failing: false,
            connections: SlotMap::with_key(),
            timers: Timers::default(),
            busy: Vec::new(),
            buffer: vec![0; READ],
        })
    }

    fn wait(
        &self,
        events: &mut Vec<epoll::Event>,
        until: Option<Duration>,
        now: Duration,
    ) -> io::Result<()> {
        let deadlines = [until, self.rests, self.timers.next()];
        let wait = match self.busy.is_empty() {
            true => deadlines.into_iter().flatten().min(),
            false => Some(now),
        };
        let wait = wait.map(|at| {
            let wait = at.saturating_sub(now);
            Timespec::try_from(wait).expect("a limit below 2^63 seconds")
        });
        let buffer = rustix::buffer::spare_capacity(events);
        match epoll::wait(&self.epoll, buffer, wait.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    // ANCHOR: accept
    /// Takes some of those who wait, and says whether there may be more.
    fn accept(&mut self, now: Duration) -> io::Result<bool> {
        for _ in 0..ACCEPTS {
            let Some(listener) = &self.listener else {
                return Ok(false);
            };
            match listener.accept() {
                Ok((stream, peer)) => {
                    if std::mem::take(&mut self.failing) {
                        (self.server.report)(Report::AcceptWorks);
                    }
                    if stream.set_nonblocking(true).is_err() {
                        continue;
                    }
                    let welcome = self.server.welcome(&stream, peer);
                    if let Some((session, permit)) = welcome {
                        self.insert(stream, session, permit, now)?;
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(false);
                }
                Err(error) => match accept_error(&error) {
                    Reaction::Next => {}
                    Reaction::BackOff => {
                        self.rest(error, now)?;
                        return Ok(false);
                    }
                    Reaction::Stop => return Err(error),
                },
            }
        }
        Ok(true)
    }
    // ANCHOR_END: accept

    fn rest(&mut self, error: io::Error, now: Duration) -> io::Result<()> {
        if !std::mem::replace(&mut self.failing, true) {
            (self.server.report)(Report::AcceptFails(error));
        }
        self.rests = Some(now + BACK_OFF);
        match &self.listener {
            Some(listener) => Ok(epoll::delete(&self.epoll, listener)?),
            None => Ok(()),
        }
    }

    // ANCHOR: insert
    fn insert(
        &mut self,
        stream: TcpStream,
        session: Session<S>,
        permit: Permit,
        now: Duration,
    ) -> io::Result<()> {
        let id = self.connections.insert(Connection {
            stream,
            session,
            readable: false,
            writable: true,
            ended: false,
            busy: false,
            _permit: permit,
        });
        // Everything, once and for all.
        let flags = EventFlags::IN
            | EventFlags::OUT
            | EventFlags::RDHUP
            | EventFlags::ET;
        let data = EventData::new_u64(id.data().as_ffi());
        let stream = &self.connections[id].stream;
        if let Err(error) = epoll::add(&self.epoll, stream, data, flags) {
            self.connections.remove(id);
            // There may be as many watches as there may be; the others go on.
            (self.server.report)(Report::AcceptFails(error.into()));
            return Ok(());
        }
        self.arm(id, now);
        Ok(())
    }
    // ANCHOR_END: insert

    // ANCHOR: note
    fn note(&mut self, id: Id, flags: EventFlags) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let failed = flags.intersects(EventFlags::ERR | EventFlags::HUP);
        let ended = failed || flags.contains(EventFlags::RDHUP);
        connection.ended |= ended;
        connection.readable |= ended || flags.contains(EventFlags::IN);
        connection.writable |= failed || flags.contains(EventFlags::OUT);
        if !connection.busy {
            connection.busy = true;
            self.busy.push(id);
        }
    }
    // ANCHOR_END: note

    // ANCHOR: turn
    /// Gives a connection its turn: one read, and what follows from it.
    fn turn(&mut self, id: Id, now: Duration) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let Connection {
            stream, session, ..
        } = connection;
        connection.busy = false;
        if let Next::Wait { read: true, .. } = session.next(now)
            && connection.readable
        {
            let more = read(&*stream, session, &mut self.buffer, now);
            // The end comes with no edge of its own, if it was there before.
            connection.readable = more || connection.ended;
        }
        if connection.writable {
            connection.writable = write(&*stream, session, now);
        }
        self.server.hand_over(session);
        self.settle(id, now);
    }

    fn settle(&mut self, id: Id, now: Duration) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let mut next = connection.session.next(now);
        if next == Next::HalfClose {
            half_close(&connection.stream);
            next = connection.session.next(now);
        }
        let Next::Wait { read, write } = next else {
            self.server.hand_over(&mut connection.session);
            self.timers.remove(id);
            // Closing the socket takes it out of epoll.
            self.connections.remove(id);
            return;
        };
        let more = read && connection.readable || write && connection.writable;
        if more && !connection.busy {
            connection.busy = true;
            self.busy.push(id);
        }
        self.arm(id, now);
    }
    // ANCHOR_END: turn

    // ANCHOR: arm
    /// Sees to it that there is a timer. One that is too early does no harm:
    /// when it is over, it is set to what the deadline is then. So a
    /// connection that serves a request a millisecond leaves it alone.
    fn arm(&mut self, id: Id, now: Duration) {
        let Some(connection) = self.connections.get(id) else {
            return;
        };
        if let Some(at) = connection.session.deadline() {
            let armed = self.timers.get(id);
            if armed.is_none_or(|armed| at < armed) {
                self.timers.set(id, at.max(now));
            }
        }
    }

    fn tick(&mut self, now: Duration) -> io::Result<()> {
        while let Some(id) = self.timers.pop_due(now) {
            if let Some(connection) = self.connections.get_mut(id) {
                connection.session.tick(now);
                if connection.writable {
                    let Connection {
                        stream, session, ..
                    } = connection;
                    connection.writable = write(&*stream, session, now);
                }
                self.settle(id, now);
            }
        }
        if self.rests.is_some_and(|rests| rests <= now) {
            self.rests = None;
            if let Some(listener) = &self.listener {
                let data = EventData::new_u64(LISTENER);
                epoll::add(&self.epoll, listener, data, EventFlags::IN)?;
            }
        }
        Ok(())
    }
    // ANCHOR_END: arm

    // ANCHOR: stop
    /// Takes the connections that wait in the listener's queue, for they would
    /// be reset with it; then no more.
    fn stop(&mut self, stop: &UnixStream, now: Duration) -> io::Result<()> {
        epoll::delete(&self.epoll, stop.as_fd())?;
        if self.rests.take().is_none() {
            let mut left = QUEUE / ACCEPTS;
            while left > 0 && self.accept(now)? {
                left -= 1;
            }
        }
        self.listener = None;
        let ids: Vec<Id> = self.connections.keys().collect();
        for id in ids {
            self.connections[id].session.shut_down(now);
            self.settle(id, now);
        }
        Ok(())
    }
    // ANCHOR_END: stop

    fn cut_off(&mut self) {
        if !self.connections.is_empty() {
            (self.server.report)(Report::CutOff(self.connections.len()));
        }
        for (_, connection) in &mut self.connections {
            connection.session.failed();
            self.server.hand_over(&mut connection.session);
        }
    }
}
