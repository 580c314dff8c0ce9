//! One thread, `epoll(7)`: the kernel keeps the set, and hands out those that
//! are ready.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::Timespec;
use rustix::event::epoll::{
    self, CreateFlags, EventData, EventFlags, add, delete, modify,
};
use rustix::io::Errno;
use slotmap::{Key, KeyData, SecondaryMap};

use crate::drivers::sockets::{
    Acceptor, Clock, READ, read_once, report, timeout, write_once,
};
use crate::machine::{Event, Id, Interest, Machine, Next};

/// Events taken from the kernel at once.
const EVENTS: usize = 256;
/// Reads of one connection before the others get their turn.
const READS: usize = 4;
/// Not the number of any [`Id`].
const LISTENER: u64 = u64::MAX;
const STOP: u64 = u64::MAX - 1;

/// How the kernel reports that a socket is ready.
// ANCHOR: mode
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As long as it is.
    Level,
    /// When it becomes so. The driver has to remember it until a call says
    /// `WouldBlock`.
    Edge,
    /// Once, until it is asked again: what threads that share an epoll
    /// instance need.
    OneShot,
}
// ANCHOR_END: mode

/// What we keep for a connection.
struct Peer {
    stream: TcpStream,
    /// What the machine wants.
    wants: Interest,
    /// What the kernel will report.
    asked: Interest,
    /// What is known to be ready, and not used up.
    ready: Interest,
    /// It is in the list of those that have something to do.
    queued: bool,
}

/// The sockets, and the instance that watches them.
struct Poller {
    epoll: OwnedFd,
    mode: Mode,
    peers: SecondaryMap<Id, Peer>,
    /// Connections that are wanted, and ready as far as we know.
    busy: Vec<Id>,
    /// Those that were so when this round began.
    turn: Vec<Id>,
}

// ANCHOR: run
/// Serves until `stop` becomes readable and every connection is closed.
///
/// # Errors
/// When the listener or epoll itself fails; what happens to a connection is
/// for the machine, and then for `log`.
pub fn run<M: Machine>(
    listener: TcpListener,
    machine: &mut M,
    mode: Mode,
    stop: impl AsFd,
    mut log: impl FnMut(Event),
) -> io::Result<()> {
    let clock = Clock::start();
    let mut poller = Poller::new(mode)?;
    let stop_data = EventData::new_u64(STOP);
    add(&poller.epoll, &stop, stop_data, EventFlags::IN)?;
    let mut acceptor = Acceptor::new(listener)?;
    let mut listening = false;
    let mut events = Vec::with_capacity(EVENTS);
    let mut buffer = vec![0; READ];
    let mut stopping = false;
    // ANCHOR: round
    while !(stopping && machine.table().is_empty()) {
        let now = clock.now();
        poller.listen(&mut acceptor, &mut listening, now)?;
        let wait = match poller.busy.is_empty() {
            true => timeout(machine, &acceptor, now),
            false => Some(Duration::ZERO),
        };
        poller.wait(&mut events, wait)?;
        let now = clock.now();
        for event in events.drain(..) {
            match event.data.u64() {
                LISTENER => acceptor.accept(machine, now, |id, stream| {
                    poller.insert(id, stream)
                })?,
                STOP => {
                    stopping = true;
                    delete(&poller.epoll, &stop)?;
                    acceptor.close();
                    machine.table().shut_down();
                }
                data => poller.note(id(data), event.flags),
            }
        }
        poller.work(machine, &mut buffer, now);
        machine.table().tick(now);
        poller.settle(machine, now)?;
        poller.rearm()?;
        report(machine, &mut log);
    }
    // ANCHOR_END: round
    Ok(())
}
// ANCHOR_END: run

fn id(data: u64) -> Id {
    KeyData::from_ffi(data).into()
}

fn flags(mode: Mode, asked: Interest) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, asked.read);
    flags.set(EventFlags::OUT, asked.write);
    flags.set(EventFlags::ET, mode == Mode::Edge);
    flags.set(EventFlags::ONESHOT, mode == Mode::OneShot);
    flags
}

impl Poller {
    fn new(mode: Mode) -> io::Result<Self> {
        Ok(Poller {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            mode,
            peers: SecondaryMap::new(),
            busy: Vec::new(),
            turn: Vec::new(),
        })
    }

    /// Watches the listener, or leaves it alone while it rests.
    fn listen(
        &self,
        acceptor: &mut Acceptor,
        listening: &mut bool,
        now: Duration,
    ) -> io::Result<()> {
        let data = EventData::new_u64(LISTENER);
        match (acceptor.listening(now), *listening) {
            (Some(listener), false) => {
                add(&self.epoll, listener, data, EventFlags::IN)?;
                *listening = true;
            }
            (None, true) => {
                // A listener that was closed has left by itself.
                if let Some(listener) = acceptor.resting() {
                    delete(&self.epoll, listener)?;
                }
                *listening = false;
            }
            _ => {}
        }
        Ok(())
    }

    fn wait(
        &self,
        events: &mut Vec<epoll::Event>,
        wait: Option<Duration>,
    ) -> io::Result<()> {
        let wait = wait.map(|wait| {
            Timespec::try_from(wait).expect("a limit below 2^63 seconds")
        });
        let buffer = rustix::buffer::spare_capacity(events);
        match epoll::wait(&self.epoll, buffer, wait.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    // ANCHOR: insert
    fn insert(&mut self, id: Id, stream: TcpStream) -> io::Result<()> {
        let asked = match self.mode {
            // Everything, once and for all: what is not wanted is remembered.
            Mode::Edge => Interest {
                read: true,
                write: true,
            },
            // A peer that has connected has something to say, mostly.
            Mode::Level | Mode::OneShot => Interest {
                read: true,
                write: false,
            },
        };
        let data = EventData::new_u64(id.data().as_ffi());
        add(&self.epoll, &stream, data, flags(self.mode, asked))?;
        let peer = Peer {
            stream,
            wants: Interest::default(),
            asked,
            // A new socket takes bytes.
            ready: Interest {
                read: false,
                write: true,
            },
            queued: false,
        };
        self.peers.insert(id, peer);
        Ok(())
    }
    // ANCHOR_END: insert

    // ANCHOR: note
    /// Notes what the kernel has reported. An error counts as both: the call
    /// that follows says what it is.
    fn note(&mut self, id: Id, flags: EventFlags) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let failed = flags.intersects(EventFlags::ERR | EventFlags::HUP);
        peer.ready.read |= failed || flags.contains(EventFlags::IN);
        peer.ready.write |= failed || flags.contains(EventFlags::OUT);
        if self.mode == Mode::OneShot {
            peer.asked = Interest::default();
        }
        peer.queue(id, &mut self.busy);
    }
    // ANCHOR_END: note

    // ANCHOR: work
    /// Gives each busy connection a turn. One that is not done after
    /// [`READS`] stays busy.
    fn work<M: Machine>(
        &mut self,
        machine: &mut M,
        buffer: &mut [u8],
        now: Duration,
    ) {
        // The list of the last round is empty; its memory is used again.
        std::mem::swap(&mut self.busy, &mut self.turn);
        for &id in &self.turn {
            let Some(peer) = self.peers.get_mut(id) else {
                continue;
            };
            peer.queued = false;
            for _ in 0..READS {
                if !peer.ready.read || machine.table().paused(id) {
                    break;
                }
                peer.ready.read =
                    read_once(machine, id, &peer.stream, buffer, now);
                // Level-triggered, the kernel will say so again.
                if self.mode == Mode::Level {
                    peer.ready.read = false;
                }
            }
            if peer.ready.write {
                peer.ready.write = write_once(machine, id, &peer.stream, now);
            }
            if peer.ready.read && !machine.table().paused(id) {
                peer.queue(id, &mut self.busy);
            }
        }
    }
    // ANCHOR_END: work

    // ANCHOR: settle
    /// Does what the machine wants done: writes at once, where the socket
    /// takes it, and asks the kernel about the rest.
    fn settle<M: Machine>(
        &mut self,
        machine: &mut M,
        now: Duration,
    ) -> io::Result<()> {
        while let Some((id, next)) = machine.changed(now) {
            let Next::Wait(wants) = next else {
                // Closing the socket takes it out of the epoll instance.
                self.peers.remove(id);
                continue;
            };
            let Some(peer) = self.peers.get_mut(id) else {
                continue;
            };
            peer.wants = wants;
            if wants.write && peer.ready.write {
                peer.ready.write = write_once(machine, id, &peer.stream, now);
                if peer.ready.write {
                    // It has changed, and comes around again.
                    continue;
                }
                // Full. If it took nothing, nothing else will bring us here.
            }
            if wants.read && peer.ready.read {
                peer.queue(id, &mut self.busy);
            } else {
                peer.ask(id, self.mode, &self.epoll)?;
            }
        }
        Ok(())
    }
    // ANCHOR_END: settle

    // ANCHOR: ask
    /// Asks again for those that were reported, where once is once.
    fn rearm(&mut self) -> io::Result<()> {
        for id in self.turn.drain(..) {
            if self.mode == Mode::OneShot
                && let Some(peer) = self.peers.get_mut(id)
            {
                peer.ask(id, self.mode, &self.epoll)?;
            }
        }
        Ok(())
    }
    // ANCHOR_END: ask
}

impl Peer {
    /// Puts it into the list of those that have something to do.
    fn queue(&mut self, id: Id, busy: &mut Vec<Id>) {
        if !self.queued {
            self.queued = true;
            busy.push(id);
        }
    }

    /// Has the kernel report what is wanted, if it does not already.
    fn ask(&mut self, id: Id, mode: Mode, epoll: &OwnedFd) -> io::Result<()> {
        if mode != Mode::Edge && self.asked != self.wants {
            self.asked = self.wants;
            let data = EventData::new_u64(id.data().as_ffi());
            modify(epoll, &self.stream, data, flags(mode, self.asked))?;
        }
        Ok(())
    }
}
