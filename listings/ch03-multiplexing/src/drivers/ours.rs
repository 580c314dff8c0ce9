//! One thread, tasks: one a connection, on the [`runtime`](crate::runtime)
//! of this chapter.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use ch03_sockets::server::{Reaction, accept_error};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use slotmap::SecondaryMap;

use crate::drivers::sockets::{BACK_OFF, Clock, READ, report, write_once};
use crate::machine::{Event, Id, Interest, Machine, Next};
use crate::runtime::{self, Runtime, Side, Watched};

/// What we keep for a connection: what the machine wants of it, and its task.
struct Peer {
    next: Next,
    waker: Option<Waker>,
}

/// The machine, and who waits for it to want something.
struct Hub<M, L> {
    machine: M,
    log: L,
    clock: Clock,
    peers: SecondaryMap<Id, Peer>,
    /// One for all connections: an idle one needs none.
    buffer: Vec<u8>,
    /// When the main task gets up, and what wakes it earlier.
    alarm: Duration,
    main: Option<Waker>,
}

type Shared<M, L> = Rc<RefCell<Hub<M, L>>>;

// ANCHOR: run
/// Serves until `stop` becomes readable and every connection is closed. The
/// tasks share the machine, so it has to be theirs; `log` too.
///
/// # Errors
/// When the listener or epoll itself fails; what happens to a connection is
/// for the machine, and then for `log`.
pub fn run<M: Machine + 'static>(
    listener: TcpListener,
    machine: M,
    stop: impl AsFd,
    log: impl FnMut(Event) + 'static,
) -> io::Result<()> {
    let hub = Rc::new(RefCell::new(Hub::new(machine, log)));
    runtime::run(async |runtime| {
        let listener = runtime.adopt(listener)?;
        let stop = runtime.watch(stop)?;
        // The first to be done ends the others: the listener is closed.
        race(
            stopped(stop),
            race(accept(&runtime, &hub, listener), keep_time(&runtime, &hub)),
        )
        .await?;
        act(&hub, |hub, _| hub.machine.table().shut_down());
        race(empty(&hub), keep_time(&runtime, &hub)).await
    })?
}
// ANCHOR_END: run

// ANCHOR: accept
/// Accepts, and gives each connection a task, until the listener fails.
async fn accept<M: Machine + 'static, L: FnMut(Event) + 'static>(
    runtime: &Runtime,
    hub: &Shared<M, L>,
    listener: runtime::TcpListener,
) -> io::Result<()> {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => match accept_error(&error) {
                Reaction::Next => continue,
                Reaction::BackOff => {
                    act(hub, |hub, _| {
                        hub.machine.table().accept_failed(&error)
                    });
                    runtime.sleep(BACK_OFF).await;
                    continue;
                }
                Reaction::Stop => return Err(error),
            },
        };
        let id = act(hub, |hub, now| {
            hub.machine.table().accepted();
            hub.machine.connected(peer, now)
        });
        if let Ok(id) = id {
            runtime.spawn(converse(Rc::clone(hub), id, stream));
        }
    }
}
// ANCHOR_END: accept

// ANCHOR: converse
/// The whole life of a connection.
async fn converse<M: Machine, L: FnMut(Event)>(
    hub: Shared<M, L>,
    id: Id,
    stream: runtime::TcpStream,
) {
    let reads = async {
        loop {
            wanted(&hub, id, |wants| wants.read).await;
            let read =
                |s: &TcpStream| act(&hub, |hub, now| hub.read(id, s, now));
            if let Ok(true) = stream.try_io(Side::Read, read).await {
                stream.drained();
            }
        }
    };
    let writes = async {
        loop {
            wanted(&hub, id, |wants| wants.write).await;
            let write =
                |s: &TcpStream| act(&hub, |hub, now| hub.write(id, s, now));
            let _ = stream.try_io(Side::Write, write).await;
        }
    };
    race(race(reads, writes), closed(&hub, id)).await;
    hub.borrow_mut().peers.remove(id);
}
// ANCHOR_END: converse

// ANCHOR: race
/// What the first of two futures yields; the other is dropped.
async fn race<T>(
    one: impl Future<Output = T>,
    other: impl Future<Output = T>,
) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Pending => other.as_mut().poll(context),
        ready => ready,
    })
    .await
}
// ANCHOR_END: race

/// Until `stop` is readable. It may be a socket that blocks: ask, not read.
async fn stopped(stop: Watched<impl AsFd>) -> io::Result<()> {
    let readable = |stop: &_| {
        let mut stop = [PollFd::new(stop, PollFlags::IN)];
        match poll(&mut stop, Some(&Timespec::default()))? {
            0 => Err(ErrorKind::WouldBlock.into()),
            _ => Ok(()),
        }
    };
    stop.try_io(Side::Read, readable).await
}

/// Tells the machine when a deadline has come, for ever.
async fn keep_time<M: Machine, L: FnMut(Event)>(
    runtime: &Runtime,
    hub: &Shared<M, L>,
) -> io::Result<()> {
    loop {
        let wait = act(hub, |hub, now| {
            hub.machine.table().tick(now);
            let next = hub.machine.table().next_deadline();
            hub.alarm = next.unwrap_or(Duration::MAX);
            hub.alarm.saturating_sub(now)
        });
        let earlier = poll_fn(|context| {
            let mut hub = hub.borrow_mut();
            hub.main = Some(context.waker().clone());
            let next = hub.machine.table().next_deadline();
            match next.is_some_and(|next| next < hub.alarm) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        });
        runtime.timeout(wait, earlier).await;
    }
}

/// Until every connection is closed.
async fn empty<M: Machine, L>(hub: &Shared<M, L>) -> io::Result<()> {
    poll_fn(|context| {
        let mut hub = hub.borrow_mut();
        hub.main = Some(context.waker().clone());
        match hub.machine.table().is_empty() {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    })
    .await
}

// ANCHOR: wanted
/// Until the machine wants this of the connection.
async fn wanted<M, L>(
    hub: &Shared<M, L>,
    id: Id,
    which: impl Fn(Interest) -> bool,
) {
    next(hub, id, |next| matches!(next, Next::Wait(w) if which(w))).await;
}

/// Until the machine has forgotten the connection.
async fn closed<M, L>(hub: &Shared<M, L>, id: Id) {
    next(hub, id, |next| next == Next::Close).await;
}

async fn next<M, L>(hub: &Shared<M, L>, id: Id, is: impl Fn(Next) -> bool) {
    poll_fn(|context| {
        let peers = &mut hub.borrow_mut().peers;
        let next = match peers.get_mut(id) {
            Some(peer) => {
                peer.waker = Some(context.waker().clone());
                peer.next
            }
            // Closed, and its place is another's already.
            None => Next::Close,
        };
        match is(next) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

/// Does something to the machine, and then what the machine wants done: the
/// tasks of the connections that have changed are woken.
fn act<M: Machine, L: FnMut(Event), T>(
    hub: &Shared<M, L>,
    act: impl FnOnce(&mut Hub<M, L>, Duration) -> T,
) -> T {
    let mut hub = hub.borrow_mut();
    let now = hub.clock.now();
    let done = act(&mut hub, now);
    hub.settle(now);
    done
}
// ANCHOR_END: wanted

impl<M: Machine, L: FnMut(Event)> Hub<M, L> {
    fn new(machine: M, log: L) -> Self {
        Hub {
            machine,
            log,
            clock: Clock::start(),
            peers: SecondaryMap::new(),
            buffer: vec![0; READ],
            alarm: Duration::MAX,
            main: None,
        }
    }

    // ANCHOR: settle
    fn settle(&mut self, now: Duration) {
        while let Some((id, next)) = self.machine.changed(now) {
            let new = Peer { next, waker: None };
            let Some(entry) = self.peers.entry(id) else {
                continue;
            };
            let peer = entry.or_insert(new);
            peer.next = next;
            // Ours, all of them: waking puts a ticket into a queue.
            if let Some(waker) = peer.waker.take() {
                waker.wake();
            }
        }
        let table = self.machine.table();
        let next = table.next_deadline();
        let main = table.is_empty() || next.is_some_and(|at| at < self.alarm);
        if main && let Some(waker) = self.main.take() {
            waker.wake();
        }
        report(&mut self.machine, &mut self.log);
    }
    // ANCHOR_END: settle

    /// Reads once, and says whether it got less than it asked for.
    /// `WouldBlock` when there is nothing to read any more.
    fn read(
        &mut self,
        id: Id,
        mut stream: &TcpStream,
        now: Duration,
    ) -> io::Result<bool> {
        if self.machine.table().paused(id) {
            return Ok(false);
        }
        match stream.read(&mut self.buffer) {
            Ok(0) => self.machine.ended(id, now),
            Ok(count) => {
                self.machine.received(id, &self.buffer[..count], now);
                return Ok(count < self.buffer.len());
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => return Err(e),
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Err(e),
            Err(error) => self.machine.failed(id, &error),
        }
        Err(ErrorKind::WouldBlock.into())
    }

    /// Writes once. `WouldBlock` when the socket takes no more.
    fn write(
        &mut self,
        id: Id,
        stream: &TcpStream,
        now: Duration,
    ) -> io::Result<()> {
        if self.machine.table().waiting(id) == 0 {
            return Ok(());
        }
        match write_once(&mut self.machine, id, stream, now) {
            true => Ok(()),
            false => Err(ErrorKind::WouldBlock.into()),
        }
    }
}
