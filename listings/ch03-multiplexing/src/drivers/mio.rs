//! One thread, [mio](https://docs.rs/mio): epoll, kqueue or IOCP, whichever
//! the system has, behind one interface. Our epoll driver in its mode `Edge`,
//! with mio's names.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use mio::event::{Event as Readiness, Source};
use mio::net::{TcpListener, TcpStream};
use mio::unix::SourceFd;
use mio::{Events, Poll, Token};
use slotmap::{Key, KeyData, SecondaryMap};

use crate::drivers::sockets::{
    Acceptor, Clock, READ, read_once, report, timeout, write_once,
};
use crate::machine::{Event, Id, Interest, Machine, Next};

/// Events taken from the system at once.
const EVENTS: usize = 256;
/// Reads of one connection before the others get their turn.
const READS: usize = 4;
/// Not the number of any [`Id`].
const LISTENER: Token = Token(usize::MAX);
const STOP: Token = Token(usize::MAX - 1);

// A token is a `usize`; an `Id`, with the generation that makes a late event
// harmless, takes 64 bits.
const _: () = assert!(usize::BITS >= 64, "an Id does not fit into a Token");

/// What we keep for a connection.
struct Peer {
    stream: TcpStream,
    /// What is known to be ready, and not used up.
    ready: Interest,
    /// It is in the list of those that have something to do.
    queued: bool,
}

/// The sockets, and what watches them.
struct Poller {
    poll: Poll,
    peers: SecondaryMap<Id, Peer>,
    /// Connections that are wanted, and ready as far as we know.
    busy: Vec<Id>,
}

// ANCHOR: run
/// Serves until `stop` becomes readable and every connection is closed.
///
/// # Errors
/// When the listener or mio itself fails; what happens to a connection is
/// for the machine, and then for `log`.
pub fn run<M: Machine>(
    listener: std::net::TcpListener,
    machine: &mut M,
    stop: impl AsFd,
    mut log: impl FnMut(Event),
) -> io::Result<()> {
    let clock = Clock::start();
    let mut poller = Poller::new()?;
    let stop = stop.as_fd().as_raw_fd();
    poller.watch(&mut SourceFd(&stop), STOP)?;
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    poller.watch(&mut listener, LISTENER)?;
    let mut acceptor = Acceptor::of(listener);
    let mut arrivals = false;
    let mut events = Events::with_capacity(EVENTS);
    let mut buffer = vec![0; READ];
    let mut stopping = false;
    // ANCHOR: round
    while !(stopping && machine.table().is_empty()) {
        let now = clock.now();
        let accept = arrivals && acceptor.listening(now).is_some();
        let wait = match poller.busy.is_empty() && !accept {
            true => timeout(machine, &acceptor, now),
            false => Some(Duration::ZERO),
        };
        poller.wait(&mut events, wait)?;
        let now = clock.now();
        for event in &events {
            match event.token() {
                LISTENER => arrivals = true,
                STOP => {
                    stopping = true;
                    acceptor.close();
                    machine.table().shut_down();
                }
                token => poller.note(id(token), event),
            }
        }
        if arrivals && acceptor.listening(now).is_some() {
            acceptor
                .accept(machine, now, |id, stream| poller.insert(id, stream))?;
            arrivals = acceptor.more();
        }
        poller.work(machine, &mut buffer, now);
        machine.table().tick(now);
        poller.settle(machine, now);
        report(machine, &mut log);
    }
    // ANCHOR_END: round
    Ok(())
}
// ANCHOR_END: run

fn id(token: Token) -> Id {
    KeyData::from_ffi(token.0 as u64).into()
}

impl Poller {
    fn new() -> io::Result<Self> {
        Ok(Poller {
            poll: Poll::new()?,
            peers: SecondaryMap::new(),
            busy: Vec::new(),
        })
    }

    fn watch(&self, source: &mut impl Source, token: Token) -> io::Result<()> {
        let interest = mio::Interest::READABLE;
        self.poll.registry().register(source, token, interest)
    }

    fn wait(
        &mut self,
        events: &mut Events,
        wait: Option<Duration>,
    ) -> io::Result<()> {
        match self.poll.poll(events, wait) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {
                events.clear();
                Ok(())
            }
            result => result,
        }
    }

    // ANCHOR: insert
    fn insert(&mut self, id: Id, mut stream: TcpStream) -> io::Result<()> {
        let token = usize::try_from(id.data().as_ffi()).expect("64 bits");
        // Both, once and for all: what is not wanted is remembered.
        self.poll.registry().register(
            &mut stream,
            Token(token),
            mio::Interest::READABLE | mio::Interest::WRITABLE,
        )?;
        let peer = Peer {
            stream,
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
    /// Notes what mio has reported. That it is readable or writable is all
    /// that every system says; the call that follows says the rest.
    fn note(&mut self, id: Id, event: &Readiness) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let failed = event.is_error();
        peer.ready.read |=
            failed || event.is_readable() || event.is_read_closed();
        peer.ready.write |=
            failed || event.is_writable() || event.is_write_closed();
        self.queue(id);
    }
    // ANCHOR_END: note

    fn queue(&mut self, id: Id) {
        if let Some(peer) = self.peers.get_mut(id)
            && !peer.queued
        {
            peer.queued = true;
            self.busy.push(id);
        }
    }

    // ANCHOR: work
    /// Gives each busy connection a turn. One that is not done after
    /// [`READS`] stays busy.
    fn work<M: Machine>(
        &mut self,
        machine: &mut M,
        buffer: &mut [u8],
        now: Duration,
    ) {
        for id in std::mem::take(&mut self.busy) {
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
            }
            if peer.ready.write && machine.table().waiting(id) > 0 {
                peer.ready.write = write_all(machine, id, &peer.stream, now);
            }
            let more = peer.ready.read && !machine.table().paused(id);
            if more {
                self.queue(id);
            }
        }
    }
    // ANCHOR_END: work

    // ANCHOR: settle
    /// Does what the machine wants done: writes at once, where the socket
    /// takes it. Nothing has to be asked for: everything is reported once.
    fn settle<M: Machine>(&mut self, machine: &mut M, now: Duration) {
        while let Some((id, next)) = machine.changed(now) {
            let Next::Wait(wants) = next else {
                self.forget(id);
                continue;
            };
            let Some(peer) = self.peers.get_mut(id) else {
                continue;
            };
            if wants.write && peer.ready.write {
                peer.ready.write = write_all(machine, id, &peer.stream, now);
            } else if wants.read && peer.ready.read {
                self.queue(id);
            }
        }
    }

    /// Closing a socket takes it out on Unix; mio asks to be told.
    fn forget(&mut self, id: Id) {
        if let Some(mut peer) = self.peers.remove(id) {
            let _ = self.poll.registry().deregister(&mut peer.stream);
        }
    }
    // ANCHOR_END: settle
}

// ANCHOR: write_all
/// Writes what waits, until there is nothing left or the socket has said
/// `WouldBlock`. A short count says on Unix that the socket is full; what mio
/// asks for, and what Windows needs, is the call that fails.
fn write_all<M: Machine>(
    machine: &mut M,
    id: Id,
    stream: &TcpStream,
    now: Duration,
) -> bool {
    loop {
        let before = machine.table().waiting(id);
        let ready = write_once(machine, id, stream, now);
        let after = machine.table().waiting(id);
        let refused = !ready && after == before;
        if after == 0 || refused {
            return ready;
        }
    }
}
// ANCHOR_END: write_all
