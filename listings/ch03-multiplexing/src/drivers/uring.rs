//! One thread, `io_uring(7)`: the kernel accepts, reads and writes, and says
//! when it has.
//!
//! A connection that is idle has one operation under way, a receive, and no
//! buffer: the kernel takes one from a pool for all when something has come.
//! Sockets stay blocking; with `O_NONBLOCK` a receive would complete at once,
//! with nothing.

use std::io::{self, IoSlice};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use rustix::io::Errno;
use slotmap::SecondaryMap;

use ch03_sockets::server::{Reaction, accept_error};

pub use crate::drivers::ring::available;
use crate::drivers::ring::{Done, Filled, Op, Ring};
use crate::drivers::sockets::{Clock, report};
use crate::machine::{Event, Id, Interest, Machine, Next};

/// How long to leave the listener alone when there are no descriptors left.
const BACK_OFF: Duration = Duration::from_millis(50);

/// Bytes sent with one operation.
const SEND: usize = 64 * 1024;
/// Pieces looked at for that.
const PIECES: usize = 64;

/// What we keep for a connection.
struct Peer {
    fd: Rc<OwnedFd>,
    wants: Interest,
    receiving: Option<Op>,
    sending: Option<Op>,
    ended: bool,
}

struct Server {
    ring: Ring,
    /// The listener, and the operation that accepts from it.
    listener: Option<Rc<OwnedFd>>,
    accepting: Option<Op>,
    rests_until: Option<Duration>,
    peers: SecondaryMap<Id, Peer>,
    /// Those that an operation has come back for.
    again: Vec<Id>,
    stopping: bool,
}

// ANCHOR: run
/// Serves until `stop` becomes readable and every connection is closed.
///
/// # Errors
/// When the listener or the ring itself fails; what happens to a connection is
/// for the machine, and then for `log`. [`available`] says beforehand whether
/// the kernel has io_uring and lets us use it.
pub fn run<M: Machine>(
    listener: TcpListener,
    machine: &mut M,
    stop: impl AsFd,
    mut log: impl FnMut(Event),
) -> io::Result<()> {
    let clock = Clock::start();
    let mut server = Server::new(listener)?;
    let stop = Rc::new(stop.as_fd().try_clone_to_owned()?);
    server.ring.readable(&stop);
    // At the end, the kernel has to give back what it was lent.
    while !(server.stopping
        && machine.table().is_empty()
        && server.ring.is_idle())
    {
        let now = clock.now();
        server.listen(now);
        let next = [machine.table().next_deadline(), server.rests_until];
        let next = next.into_iter().flatten().min();
        let wait = next.map(|at| at.saturating_sub(now));
        server.ring.wait(wait)?;
        let now = clock.now();
        while let Some(done) = server.ring.done()? {
            server.note(machine, done, now)?;
        }
        machine.table().tick(now);
        server.settle(machine, now);
        report(machine, &mut log);
    }
    Ok(())
}
// ANCHOR_END: run

impl Server {
    fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(false)?;
        Ok(Server {
            ring: Ring::new()?,
            listener: Some(Rc::new(listener.into())),
            accepting: None,
            rests_until: None,
            peers: SecondaryMap::new(),
            again: Vec::new(),
            stopping: false,
        })
    }

    /// Has a connection accepted, unless the listener rests.
    fn listen(&mut self, now: Duration) {
        if self.rests_until.is_some_and(|until| until <= now) {
            self.rests_until = None;
        }
        if self.accepting.is_none()
            && self.rests_until.is_none()
            && let Some(listener) = &self.listener
        {
            self.accepting = Some(self.ring.accept(listener));
        }
    }

    // ANCHOR: note
    /// Tells the machine what the kernel has done.
    fn note<M: Machine>(
        &mut self,
        machine: &mut M,
        done: Done,
        now: Duration,
    ) -> io::Result<()> {
        match done {
            Done::Accepted(accepted) => {
                self.accepting = None;
                match accepted {
                    Ok(fd) => self.admit(machine, fd, now),
                    Err(_) if self.stopping => {}
                    Err(error) => match accept_error(&error) {
                        Reaction::Next => {}
                        Reaction::BackOff => {
                            machine.table().accept_failed(&error);
                            self.rests_until = Some(now + BACK_OFF);
                        }
                        Reaction::Stop => return Err(error),
                    },
                }
            }
            Done::Readable => self.stop(machine),
            Done::Received(id, result, filled) => {
                self.received(machine, id, result, filled.as_ref(), now);
                if let Some(filled) = filled {
                    self.ring.provide(filled);
                }
            }
            Done::Sent(id, result) => {
                let Some(peer) = self.peers.get_mut(id) else {
                    return Ok(());
                };
                peer.sending = None;
                match result {
                    Ok(count) => machine.sent(id, count, now),
                    Err(error) => machine.failed(id, &error),
                }
            }
        }
        Ok(())
    }
    // ANCHOR_END: note

    fn admit<M: Machine>(
        &mut self,
        machine: &mut M,
        fd: OwnedFd,
        now: Duration,
    ) {
        machine.table().accepted();
        let stream = TcpStream::from(fd);
        // One that is gone already has no address any more.
        let Ok(address) = stream.peer_addr() else {
            return;
        };
        let Ok(id) = machine.connected(address, now) else {
            return;
        };
        if let Err(error) = stream.set_nodelay(true) {
            machine.failed(id, &error);
        }
        let peer = Peer {
            fd: Rc::new(stream.into()),
            wants: Interest::default(),
            receiving: None,
            sending: None,
            ended: false,
        };
        self.peers.insert(id, peer);
    }

    fn received<M: Machine>(
        &mut self,
        machine: &mut M,
        id: Id,
        result: io::Result<usize>,
        filled: Option<&Filled>,
        now: Duration,
    ) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        peer.receiving = None;
        self.again.push(id);
        match (result, filled) {
            (Ok(0), _) => {
                peer.ended = true;
                machine.ended(id, now);
            }
            (Ok(_), Some(filled)) => machine.received(id, filled.bytes(), now),
            (Ok(_), None) => unreachable!("no bytes without a buffer"),
            (Err(error), _) => match Errno::from_io_error(&error) {
                // All buffers are in use: they are back before the next try.
                Some(Errno::NOBUFS | Errno::INTR) => {}
                _ => machine.failed(id, &error),
            },
        }
    }

    fn stop<M: Machine>(&mut self, machine: &mut M) {
        self.stopping = true;
        // The operation keeps the listener open until it has ended.
        if let Some(op) = self.accepting {
            self.ring.cancel(op);
        }
        self.listener = None;
        self.rests_until = None;
        machine.table().shut_down();
    }

    // ANCHOR: settle
    /// Does what the machine wants done, as far as the kernel is not at it.
    fn settle<M: Machine>(&mut self, machine: &mut M, now: Duration) {
        while let Some((id, next)) = machine.changed(now) {
            match next {
                Next::Wait(wants) => {
                    if let Some(peer) = self.peers.get_mut(id) {
                        peer.wants = wants;
                    }
                    self.start(machine, id);
                }
                Next::Close => self.close(id),
            }
        }
        for id in std::mem::take(&mut self.again) {
            self.start(machine, id);
        }
    }

    fn start<M: Machine>(&mut self, machine: &mut M, id: Id) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        if peer.wants.read && !peer.ended && peer.receiving.is_none() {
            peer.receiving = Some(self.ring.receive(id, &peer.fd));
        }
        if peer.wants.write && peer.sending.is_none() {
            let bytes = copy(machine, id);
            peer.sending = Some(self.ring.send(id, &peer.fd, bytes));
        }
    }

    /// The socket is closed when the last operation on it has come back.
    fn close(&mut self, id: Id) {
        if let Some(peer) = self.peers.remove(id) {
            let under_way = [peer.receiving, peer.sending];
            for op in under_way.into_iter().flatten() {
                self.ring.cancel(op);
            }
        }
    }
    // ANCHOR_END: settle
}

// ANCHOR: copy
/// The first bytes that wait for `id`. A copy: the machine may forget its own
/// while the kernel reads.
fn copy<M: Machine>(machine: &mut M, id: Id) -> Vec<u8> {
    let mut slices = [IoSlice::new(&[]); PIECES];
    let count = machine.table().slices(id, &mut slices);
    let mut bytes = Vec::new();
    for slice in &slices[..count] {
        let room = SEND - bytes.len();
        bytes.extend_from_slice(&slice[..slice.len().min(room)]);
    }
    bytes
}
// ANCHOR_END: copy
