//! One thread, `poll(2)`: the whole set is handed to the kernel before each
//! sleep, and looked through after it.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use slotmap::SecondaryMap;

use crate::drivers::sockets::{
    Acceptor, Clock, READ, read_once, report, timeout, write_once,
};
use crate::machine::{Event, Id, Interest, Machine, Next};

/// What we keep for a connection.
struct Peer {
    stream: TcpStream,
    wants: Interest,
}

// ANCHOR: run
/// Serves until `stop` becomes readable and every connection is closed.
///
/// # Errors
/// When the listener or `poll` itself fails; what happens to a connection is
/// for the machine, and then for `log`.
pub fn run<M: Machine>(
    listener: TcpListener,
    machine: &mut M,
    stop: impl AsFd,
    mut log: impl FnMut(Event),
) -> io::Result<()> {
    let clock = Clock::start();
    let mut acceptor = Acceptor::new(listener)?;
    let mut peers = SecondaryMap::new();
    let mut buffer = vec![0; READ];
    let mut stopping = false;
    // ANCHOR: round
    while !(stopping && machine.table().is_empty()) {
        let now = clock.now();
        let wait = timeout(machine, &acceptor, now);
        let stop = (!stopping).then_some(stop.as_fd());
        let ready = wait_for(&mut acceptor, stop, &peers, now, wait)?;
        let now = clock.now();
        if ready.stop {
            stopping = true;
            acceptor.close();
            machine.table().shut_down();
        }
        for (id, flags) in ready.peers {
            let Peer { stream, .. } = &peers[id];
            if flags.contains(PollFlags::OUT) {
                write_once(machine, id, stream, now);
            } else {
                // Readable, ended, or failed: read tells which.
                read_once(machine, id, stream, &mut buffer, now);
            }
        }
        if ready.listener {
            acceptor.accept(machine, now, |id, stream| {
                let wants = Interest::default();
                peers.insert(id, Peer { stream, wants });
                Ok(())
            })?;
        }
        machine.table().tick(now);
        settle(machine, &mut peers, now);
        report(machine, &mut log);
    }
    // ANCHOR_END: round
    Ok(())
}
// ANCHOR_END: run

// ANCHOR: settle
/// Does what the machine wants done.
fn settle<M: Machine>(
    machine: &mut M,
    peers: &mut SecondaryMap<Id, Peer>,
    now: Duration,
) {
    while let Some((id, next)) = machine.changed(now) {
        match (next, peers.get_mut(id)) {
            (Next::Wait(wants), Some(peer)) => {
                // Most sockets take what they are given: try before waiting,
                // but not those that we wait for already.
                let try_now = wants.write && !peer.wants.write;
                peer.wants = wants;
                if try_now {
                    write_once(machine, id, &peer.stream, now);
                    peer.wants.write = machine.table().waiting(id) > 0;
                }
            }
            (Next::Close, _) => drop(peers.remove(id)),
            // It failed before it was ours.
            (Next::Wait(_), None) => {}
        }
    }
}
// ANCHOR_END: settle

/// What `poll` has found.
struct Ready {
    listener: bool,
    stop: bool,
    peers: Vec<(Id, PollFlags)>,
}

// ANCHOR: wait_for
fn wait_for(
    acceptor: &mut Acceptor,
    stop: Option<BorrowedFd<'_>>,
    peers: &SecondaryMap<Id, Peer>,
    now: Duration,
    wait: Option<Duration>,
) -> io::Result<Ready> {
    let listener = acceptor.listening(now);
    let mut fds: Vec<PollFd<'_>> = Vec::with_capacity(peers.len() + 2);
    fds.extend(stop.map(|stop| PollFd::from_borrowed_fd(stop, PollFlags::IN)));
    fds.extend(listener.map(|l| PollFd::new(l, PollFlags::IN)));
    let others = fds.len();
    for peer in peers.values() {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, peer.wants.read);
        flags.set(PollFlags::OUT, peer.wants.write);
        fds.push(PollFd::new(&peer.stream, flags));
    }
    let wait = wait.map(|wait| {
        Timespec::try_from(wait).expect("a limit is less than 2^63 seconds")
    });
    match poll(&mut fds, wait.as_ref()) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut flags = fds.iter().map(|fd| fd.revents());
    let stop = stop.is_some() && flags.next().is_some_and(|f| !f.is_empty());
    let accept =
        listener.is_some() && flags.next().is_some_and(|f| !f.is_empty());
    let peers = peers.keys().zip(fds[others..].iter().map(PollFd::revents));
    Ok(Ready {
        listener: accept,
        stop,
        peers: peers.filter(|(_, flags)| !flags.is_empty()).collect(),
    })
}
// ANCHOR_END: wait_for
