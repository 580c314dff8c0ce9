//! tokio: a task a connection, around a machine that they share, on one
//! thread.
//!
//! A task reads what came for its connection, and that may be news for
//! others: whoever has changed the machine wakes those it has changed.

use std::future::pending;
use std::io::{self, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ch03_sockets::server::{Reaction, accept_error};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::select;
use tokio::sync::{Notify, watch};
use tokio::task::coop::consume_budget;

use crate::drivers::shared::{Room, Rounds, Seat};
use crate::drivers::sockets::{BACK_OFF, Clock, READ, read_once, write_once};
use crate::machine::{Event, Id, Interest, Machine, Next, Why};

/// What a task is told through.
struct Place(watch::Sender<Next>);

impl Seat for Place {
    fn tell(&self, next: Next) {
        self.0.send_replace(next);
    }
}

/// What all tasks have.
struct Shared<M> {
    clock: Clock,
    inside: Mutex<Inside<M>>,
    host: Notify,
}

struct Inside<M> {
    room: Room<Box<M>, Place>,
    /// To read into: one for all.
    buffer: Vec<u8>,
}

/// Serves until `stop` becomes readable and every connection is closed.
///
/// A task may outlive whoever spawned it; so machine and `stop` are given,
/// and not lent as to the other drivers.
///
/// # Errors
/// When the listener or tokio's driver fails; what happens to a connection is
/// for the machine, and then for `log`.
pub fn run<M: Machine + Send + 'static>(
    listener: std::net::TcpListener,
    machine: M,
    stop: UnixStream,
    log: impl FnMut(Event),
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let shared = Arc::new(Shared {
        clock: Clock::start(),
        inside: Mutex::new(Inside {
            room: Room::new(Box::new(machine)),
            buffer: vec![0; READ],
        }),
        host: Notify::new(),
    });
    listener.set_nonblocking(true)?;
    stop.set_nonblocking(true)?;
    runtime.block_on(host(listener, shared, stop, log))
}

// ANCHOR: host
/// Accepts, watches the deadlines, and writes the log.
async fn host<M: Machine + Send + 'static>(
    listener: std::net::TcpListener,
    shared: Arc<Shared<M>>,
    stop: UnixStream,
    mut log: impl FnMut(Event),
) -> io::Result<()> {
    let mut listener = Some(TcpListener::from_std(listener)?);
    let stop = tokio::net::UnixStream::from_std(stop)?;
    let mut rests_until = None;
    loop {
        let now = shared.clock.now();
        let rounds = shared.rounds(now);
        rounds.events.into_iter().for_each(&mut log);
        if listener.is_none() && rounds.empty {
            return Ok(());
        }
        rests_until = rests_until.filter(|until| *until > now);
        let open = listener.as_ref().filter(|_| rests_until.is_none());
        let until = [rounds.next, rests_until].into_iter().flatten().min();
        select! {
            accepted = accept(open) => match accepted {
                Ok((stream, peer)) => {
                    shared.welcome(stream, peer);
                }
                Err(error) => match accept_error(&error) {
                    Reaction::Next => {}
                    Reaction::BackOff => {
                        rests_until = Some(now + BACK_OFF);
                        shared.enter(|machine, _, _| {
                            machine.table().accept_failed(&error);
                        });
                    }
                    Reaction::Stop => return Err(error),
                },
            },
            _ = stop.readable(), if listener.is_some() => {
                listener = None;
                shared.enter(|machine, _, _| machine.table().shut_down());
            }
            () = shared.host.notified() => {}
            () = sleep(until.map(|until| until.saturating_sub(now))) => {}
        }
    }
}
// ANCHOR_END: host

async fn accept(
    listener: Option<&TcpListener>,
) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => pending().await,
    }
}

async fn sleep(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => pending().await,
    }
}

// ANCHOR: serve
/// One connection, to its end.
async fn serve<M: Machine>(
    shared: Arc<Shared<M>>,
    id: Id,
    stream: TcpStream,
    mut told: watch::Receiver<Next>,
) {
    loop {
        let Next::Wait(wants) = *told.borrow_and_update() else {
            break;
        };
        // A peer that never pauses must not keep the others waiting.
        consume_budget().await;
        if wants.write && shared.write(id, &stream) {
            continue;
        }
        select! {
            _ = told.changed() => {}
            _ = stream.writable(), if wants.write => {}
            _ = stream.readable(), if wants.read => shared.read(id, &stream),
        }
    }
}
// ANCHOR_END: serve

impl<M: Machine> Shared<M> {
    // ANCHOR: enter
    /// Does something with the machine, and tells whom it concerns. Nobody
    /// awaits anything in here.
    fn enter<T>(
        &self,
        act: impl FnOnce(&mut M, &mut [u8], Duration) -> T,
    ) -> T {
        let now = self.clock.now();
        let Inside { room, buffer } = &mut *self.lock();
        let done = act(&mut room.machine, buffer, now);
        if room.settle(now) {
            self.host.notify_one();
        }
        done
    }
    // ANCHOR_END: enter

    fn lock(&self) -> MutexGuard<'_, Inside<M>> {
        self.inside.lock().expect("no task panics in here")
    }

    fn rounds(&self, now: Duration) -> Rounds {
        self.lock().room.rounds(now)
    }

    fn read(&self, id: Id, stream: &TcpStream) {
        self.enter(|machine, buffer, now| {
            read_once(machine, id, Try(stream), buffer, now);
        });
    }

    /// Says whether the socket may take more.
    fn write(&self, id: Id, stream: &TcpStream) -> bool {
        self.enter(|machine, _, now| write_once(machine, id, Try(stream), now))
    }
}

impl<M: Machine + Send + 'static> Shared<M> {
    fn welcome(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        // Each message is one write: nothing to gain from Nagle.
        let ready = stream.set_nodelay(true);
        let connected = self.enter(|machine, _, now| {
            machine.table().accepted();
            let id = machine.connected(peer, now)?;
            let write = machine.table().waiting(id) > 0;
            Ok::<_, Why>((id, Interest { read: true, write }))
        });
        let Ok((id, wants)) = connected else {
            return;
        };
        let (tell, told) = watch::channel(Next::Wait(wants));
        self.lock().room.seats.insert(id, Arc::new(Place(tell)));
        if let Err(error) = ready {
            self.enter(|machine, _, _| machine.failed(id, &error));
        }
        tokio::spawn(serve(Arc::clone(self), id, stream, told));
    }
}

/// A socket that is tried and not awaited.
struct Try<'a>(&'a TcpStream);

impl Read for Try<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Try<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
