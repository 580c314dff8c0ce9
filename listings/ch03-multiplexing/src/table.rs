//! What all connections have, whatever they talk about: a bounded queue of
//! bytes to write, deadlines, and an end with a reason.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::mem;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use slotmap::SlotMap;

use crate::machine::{Event, Id, Interest, Next, Why};
use crate::outgoing::Outgoing;
use crate::timers::Timers;

/// What a server grants its peers. Sizes are in bytes.
// ANCHOR: limits
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many connections there may be.
    pub connections: usize,
    /// With this much waiting to be written, a peer is not read from …
    pub high: usize,
    /// … until no more than this is waiting.
    pub low: usize,
    /// What may wait at most, when others write to a peer.
    pub most: usize,
    /// How long a peer may be silent.
    pub idle: Duration,
    /// How long a peer may take nothing while something waits for it.
    pub stall: Duration,
}
// ANCHOR_END: limits

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 10_000,
            high: 16 * 1024,
            low: 4 * 1024,
            most: 256 * 1024,
            idle: Duration::from_secs(600),
            stall: Duration::from_secs(10),
        }
    }
}

/// One connection.
#[derive(Debug)]
struct Connection<T> {
    peer: SocketAddr,
    out: Outgoing,
    /// The last time the peer sent something, or took what waited for it.
    heard: Duration,
    /// Since when the peer owes us to take something.
    owing: Duration,
    /// Too much waits to be written: the peer is not read from.
    paused: bool,
    /// It is in `changed` already.
    noted: bool,
    /// It ends, for this reason, when `out` is empty.
    why: Option<Why>,
    data: T,
}

/// All connections of a server.
#[derive(Debug)]
pub struct Table<T> {
    limits: Limits,
    connections: SlotMap<Id, Connection<T>>,
    changed: VecDeque<Id>,
    leaving: VecDeque<(Id, T)>,
    timers: Timers<Id>,
    events: VecDeque<Event>,
    /// Failures of the listener since it last worked.
    failures: u64,
    stopping: bool,
}

/// Events kept for a driver that does not ask for them.
const EVENTS: usize = 1024;

impl<T: Default> Table<T> {
    /// A table without connections.
    pub fn new(limits: Limits) -> Self {
        Table {
            limits,
            connections: SlotMap::with_key(),
            changed: VecDeque::new(),
            leaving: VecDeque::new(),
            timers: Timers::default(),
            events: VecDeque::new(),
            failures: 0,
            stopping: false,
        }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many connections there are.
    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether there is no connection.
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// What the protocol knows of `id`, unless it is gone or about to go.
    pub fn get(&self, id: Id) -> Option<&T> {
        let connection = self.connections.get(id)?;
        connection.why.is_none().then_some(&connection.data)
    }

    /// As [`Table::get`], to be changed.
    pub fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        let connection = self.connections.get_mut(id)?;
        connection.why.is_none().then_some(&mut connection.data)
    }

    /// Whether nothing should be read from `id` now: too much waits to be
    /// written to it, or it is about to go.
    pub fn paused(&self, id: Id) -> bool {
        let connection = self.connections.get(id);
        connection.is_none_or(|c| c.paused || c.why.is_some())
    }

    /// Takes a new connection in.
    ///
    /// # Errors
    /// [`Why::Full`], [`Why::Shutdown`].
    pub fn connect(
        &mut self,
        peer: SocketAddr,
        now: Duration,
    ) -> Result<Id, Why> {
        let refused = match self.limits.connections {
            _ if self.stopping => Some(Why::Shutdown),
            most if self.len() >= most => Some(Why::Full(most)),
            _ => None,
        };
        if let Some(why) = refused {
            self.log(Event::Refused(peer, why.clone()));
            return Err(why);
        }
        let id = self.connections.insert(Connection {
            peer,
            out: Outgoing::default(),
            heard: now,
            owing: now,
            paused: false,
            noted: false,
            why: None,
            data: T::default(),
        });
        self.timers.set(id, now + self.limits.idle);
        self.log(Event::Connected(peer));
        self.note(id);
        Ok(id)
    }

    /// Notes that the listener gave no connection, for lack of descriptors
    /// for one. The log says so the first time; the driver tries again later.
    pub fn accept_failed(&mut self, error: &io::Error) {
        if self.failures == 0 {
            self.log(Event::AcceptFails(error.to_string()));
        }
        self.failures += 1;
    }

    /// Notes that the listener gave a connection.
    pub fn accepted(&mut self) {
        if self.failures > 0 {
            let failures = mem::take(&mut self.failures);
            self.log(Event::AcceptWorks(failures));
        }
    }

    /// Notes that the peer of `id` has sent something.
    pub fn heard(&mut self, id: Id, now: Duration) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.heard = now;
        }
    }

    // ANCHOR: push
    /// Gives `piece` to `id`, in answer to what it sent. Above
    /// [`Limits::high`] the peer is not read from any more, so that it cannot
    /// ask for more than it takes.
    pub fn answer(&mut self, id: Id, piece: Bytes, now: Duration) {
        let high = self.limits.high;
        if let Some(connection) = self.queue(id, piece, now) {
            connection.paused |= connection.out.cost() >= high;
        }
    }

    /// Gives `piece` to `id`, which did not ask for it, unless more than
    /// [`Limits::most`] would wait there. Says whether it did.
    #[must_use]
    pub fn offer(&mut self, id: Id, piece: &Bytes, now: Duration) -> bool {
        let Some(connection) = self.connections.get(id) else {
            return false;
        };
        let cost = connection.out.cost() + piece.len();
        let room = cost <= self.limits.most && connection.why.is_none();
        if room {
            self.queue(id, piece.clone(), now);
        }
        room
    }
    // ANCHOR_END: push

    /// How much waits to be written to `id`, in bytes.
    pub fn waiting(&self, id: Id) -> usize {
        self.connections.get(id).map_or(0, |c| c.out.cost())
    }

    fn queue(
        &mut self,
        id: Id,
        piece: Bytes,
        now: Duration,
    ) -> Option<&mut Connection<T>> {
        let connection = self.connections.get_mut(id)?;
        if connection.why.is_some() {
            return None;
        }
        if connection.out.is_empty() && !piece.is_empty() {
            connection.owing = now;
            let stuck = now + self.limits.stall;
            if self.timers.get(id).is_none_or(|at| at > stuck) {
                self.timers.set(id, stuck);
            }
        }
        connection.out.push(piece);
        self.note(id);
        self.connections.get_mut(id)
    }

    /// What to write to `id` next, for `writev(2)`. Returns how many slices
    /// it filled in.
    pub fn slices<'a>(&'a self, id: Id, slices: &mut [IoSlice<'a>]) -> usize {
        self.connections.get(id).map_or(0, |c| c.out.slices(slices))
    }

    // ANCHOR: sent
    /// The kernel took `count` bytes for `id`. Below [`Limits::low`] the peer
    /// is read from again.
    pub fn sent(&mut self, id: Id, count: usize, now: Duration) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        connection.out.advance(count);
        if count > 0 {
            connection.owing = now;
            connection.heard = now;
        }
        if connection.paused && connection.out.cost() <= self.limits.low {
            connection.paused = false;
        }
        self.note(id);
    }
    // ANCHOR_END: sent

    /// Ends `id` when what waits for it is written.
    pub fn close(&mut self, id: Id, why: Why) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.why.is_none()
        {
            connection.why = Some(why);
            let data = mem::take(&mut connection.data);
            self.leaving.push_back((id, data));
            self.note(id);
        }
    }

    /// Ends `id` now; what waits for it is lost.
    pub fn abort(&mut self, id: Id, why: Why) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.out = Outgoing::default();
            self.note(id);
        }
        self.close(id, why);
    }

    /// A connection that is ending, and what the protocol knew of it: each
    /// once. [`Machine::changed`](crate::machine::Machine::changed) asks.
    pub fn leaving(&mut self) -> Option<(Id, T)> {
        self.leaving.pop_front()
    }

    // ANCHOR: changed
    /// A connection that has to be looked at again, and what to do with it:
    /// each at most once, until something happens to it anew.
    pub fn changed(&mut self) -> Option<(Id, Next)> {
        loop {
            let id = self.changed.pop_front()?;
            let Some(connection) = self.connections.get_mut(id) else {
                continue;
            };
            connection.noted = false;
            let write = !connection.out.is_empty();
            let Some(why) = &connection.why else {
                let read = !connection.paused;
                return Some((id, Next::Wait(Interest { read, write })));
            };
            if write {
                let interest = Interest { read: false, write };
                return Some((id, Next::Wait(interest)));
            }
            let event = Event::Closed(connection.peer, why.clone());
            self.connections.remove(id);
            self.timers.remove(id);
            self.log(event);
            return Some((id, Next::Close));
        }
    }
    // ANCHOR_END: changed

    /// When to call [`Table::tick`] at the latest.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.timers.next()
    }

    // ANCHOR: tick
    /// Ends the connections that have missed a deadline. A timer is not moved
    /// at every byte; when it is due, it is set again to the deadline that
    /// holds by then.
    pub fn tick(&mut self, now: Duration) {
        while let Some(id) = self.timers.pop_due(now) {
            let Limits { idle, stall, .. } = self.limits;
            let Some(connection) = self.connections.get(id) else {
                continue;
            };
            let (at, late) = if connection.out.is_empty() {
                (connection.heard + idle, Why::Silent(idle))
            } else {
                (connection.owing + stall, Why::Stuck(stall))
            };
            if at > now {
                self.timers.set(id, at);
            } else {
                self.abort(id, late);
            }
        }
    }
    // ANCHOR_END: tick

    /// Ends every connection when what waits for it is written, and takes no
    /// new one.
    pub fn shut_down(&mut self) {
        self.stopping = true;
        let ids: Vec<Id> = self.connections.keys().collect();
        for id in ids {
            self.close(id, Why::Shutdown);
        }
    }

    /// The oldest event that was not asked for yet. A driver that never asks
    /// loses all but the last thousand.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn log(&mut self, event: Event) {
        if self.events.len() == EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    fn note(&mut self, id: Id) {
        if let Some(connection) = self.connections.get_mut(id)
            && !connection.noted
        {
            connection.noted = true;
            self.changed.push_back(id);
        }
    }
}
