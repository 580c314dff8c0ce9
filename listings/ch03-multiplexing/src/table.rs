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
use crate::outgoing::{Outgoing, PIECE};
use crate::timers::{Moment, Timers};

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
    /// How long a peer may take to end a line that it has begun.
    pub line: Duration,
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
            line: Duration::from_secs(30),
        }
    }
}

/// One connection. What most of them do not have is behind a pointer: ten
/// thousand of these are idle.
#[derive(Debug)]
struct Connection<T> {
    peer: SocketAddr,
    /// What waits to be written, if anything does.
    out: Option<Box<Outgoing>>,
    /// The last time the peer sent something, or took what waited for it.
    heard: Moment,
    /// Since when the peer owes us to take something.
    owing: Moment,
    /// Since when the peer owes us the end of a line.
    begun: Moment,
    /// It ends, for this reason, when nothing waits.
    why: Option<Box<Why>>,
    /// Too much waits to be written: the peer is not read from.
    paused: bool,
    /// It is in `changed` already.
    noted: bool,
    data: T,
}

impl<T> Connection<T> {
    fn note(&mut self, id: Id, changed: &mut VecDeque<Id>) {
        if !self.noted {
            self.noted = true;
            changed.push_back(id);
        }
    }

    // ANCHOR: deadline
    /// The deadline that holds now, and what it means to miss it.
    fn deadline(&self, limits: &Limits) -> (Moment, Why) {
        let Limits {
            idle, stall, line, ..
        } = *limits;
        let waiting = match self.out {
            None => (self.heard.after(idle), Why::Silent(idle)),
            Some(_) => (self.owing.after(stall), Why::Stuck(stall)),
        };
        let begun = match self.paused {
            // We do not read: the line may be here already.
            true => Moment::NEVER,
            false => self.begun.after(line),
        };
        match begun < waiting.0 {
            true => (begun, Why::SlowLine(line)),
            false => waiting,
        }
    }
    // ANCHOR_END: deadline
}

/// All connections of a server.
#[derive(Debug)]
pub struct Table<T> {
    limits: Limits,
    connections: SlotMap<Id, Connection<T>>,
    changed: VecDeque<Id>,
    leaving: VecDeque<(Id, T)>,
    timers: Timers<Id>,
    /// Empty queues: who begins to wait takes one and need not allocate.
    #[expect(clippy::vec_box, reason = "they go back and forth in their box")]
    spare: Vec<Box<Outgoing>>,
    events: VecDeque<Event>,
    /// Failures of the listener since it last worked.
    failures: u64,
    stopping: bool,
}

/// Events kept for a driver that does not ask for them.
const EVENTS: usize = 1024;
/// Empty queues kept, and how much memory each may hold on to, in bytes.
const SPARE: usize = 64;
const SPARE_SIZE: usize = 4096;

impl<T: Default> Table<T> {
    /// A table without connections.
    pub fn new(limits: Limits) -> Self {
        Table {
            limits,
            connections: SlotMap::with_key(),
            changed: VecDeque::new(),
            leaving: VecDeque::new(),
            timers: Timers::default(),
            spare: Vec::new(),
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
            out: None,
            heard: now.into(),
            owing: now.into(),
            begun: Moment::NEVER,
            why: None,
            paused: false,
            noted: true,
            data: T::default(),
        });
        self.changed.push_back(id);
        self.timers
            .set(id, Moment::from(now).after(self.limits.idle));
        self.log(Event::Connected(peer));
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
            connection.heard = now.into();
        }
    }

    /// Notes that part of a line has come from `id`, and not its end. From
    /// the first time on, the peer has [`Limits::line`] for it.
    pub fn line_begun(&mut self, id: Id, now: Duration) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.begun == Moment::NEVER
        {
            connection.begun = now.into();
            connection.note(id, &mut self.changed);
        }
    }

    /// Notes that the line is whole.
    pub fn line_ended(&mut self, id: Id) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.begun = Moment::NEVER;
        }
    }

    // ANCHOR: push
    /// Gives a copy of `bytes` to `id`, in answer to what it sent. Above
    /// [`Limits::high`] the peer is not read from any more, so that it cannot
    /// ask for more than it takes.
    pub fn answer(&mut self, id: Id, bytes: &[u8], now: Duration) {
        let high = self.limits.high;
        if !bytes.is_empty()
            && let Some(connection) = self.queue(id, now)
        {
            let out = connection.out.get_or_insert_default();
            out.copy(bytes);
            connection.paused |= out.cost() >= high;
        }
    }

    /// Gives `piece` to `id`, which did not ask for it, unless more than
    /// [`Limits::most`] would wait there. Says whether it did.
    #[must_use]
    pub fn offer(&mut self, id: Id, piece: &Bytes, now: Duration) -> bool {
        if piece.is_empty() {
            return self.get(id).is_some();
        }
        if self.waiting(id) + piece.len() + PIECE > self.limits.most {
            return false;
        }
        let Some(connection) = self.queue(id, now) else {
            return false;
        };
        let out = connection.out.get_or_insert_default();
        out.push(piece.clone());
        true
    }
    // ANCHOR_END: push

    /// How much waits to be written to `id`, in bytes.
    pub fn waiting(&self, id: Id) -> usize {
        let connection = self.connections.get(id);
        let out = connection.and_then(|c| c.out.as_ref());
        out.map_or(0, |out| out.cost())
    }

    /// The connection, with a queue to put something into, unless it ends.
    fn queue(&mut self, id: Id, now: Duration) -> Option<&mut Connection<T>> {
        let connection = self.connections.get_mut(id)?;
        if connection.why.is_some() {
            return None;
        }
        if connection.out.is_none() {
            connection.owing = now.into();
            connection.out = self.spare.pop();
        }
        connection.note(id, &mut self.changed);
        Some(connection)
    }

    /// What to write to `id` next, for `writev(2)`. Returns how many slices
    /// it filled in.
    pub fn slices<'a>(&'a self, id: Id, slices: &mut [IoSlice<'a>]) -> usize {
        let connection = self.connections.get(id);
        let out = connection.and_then(|c| c.out.as_ref());
        out.map_or(0, |out| out.slices(slices))
    }

    // ANCHOR: sent
    /// The kernel took `count` bytes for `id`. Below [`Limits::low`] the peer
    /// is read from again.
    pub fn sent(&mut self, id: Id, count: usize, now: Duration) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        if count > 0 {
            connection.owing = now.into();
            connection.heard = now.into();
        }
        connection.note(id, &mut self.changed);
        // Nothing waits if it was lost while the kernel was at it.
        if let Some(out) = &mut connection.out {
            out.advance(count);
            if connection.paused && out.cost() <= self.limits.low {
                connection.paused = false;
                if connection.begun < Moment::NEVER {
                    connection.begun = now.into();
                }
            }
            if out.is_empty() {
                let out = connection.out.take();
                self.keep(out);
            }
        }
    }
    // ANCHOR_END: sent

    /// Keeps a queue for whoever needs the next one.
    fn keep(&mut self, queue: Option<Box<Outgoing>>) {
        if let Some(queue) = queue
            && self.spare.len() < SPARE
            && queue.capacity() <= SPARE_SIZE
        {
            self.spare.push(queue);
        }
    }

    /// Ends `id` when what waits for it is written.
    pub fn close(&mut self, id: Id, why: Why) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.why.is_none()
        {
            connection.why = Some(Box::new(why));
            connection.begun = Moment::NEVER;
            let data = mem::take(&mut connection.data);
            self.leaving.push_back((id, data));
            connection.note(id, &mut self.changed);
        }
    }

    /// Ends `id` now; what waits for it is lost.
    pub fn abort(&mut self, id: Id, why: Why) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.out = None;
            connection.note(id, &mut self.changed);
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
            let write = connection.out.is_some();
            let ends = connection.why.is_some();
            if write || !ends {
                // Only these deadlines come earlier than the one before.
                let silence = self.limits.idle < self.limits.stall;
                if write || silence || connection.begun < Moment::NEVER {
                    let (at, _) = connection.deadline(&self.limits);
                    self.timers.bring_forward(id, at);
                }
                let read = !ends && !connection.paused;
                return Some((id, Next::Wait(Interest { read, write })));
            }
            self.timers.remove(id);
            if let Some(connection) = self.connections.remove(id)
                && let Some(why) = connection.why
            {
                self.log(Event::Closed(connection.peer, *why));
            }
            return Some((id, Next::Close));
        }
    }
    // ANCHOR_END: changed

    /// When to call [`Table::tick`] at the latest: to be asked when
    /// [`Table::changed`] has no more.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.timers.next()
    }

    // ANCHOR: tick
    /// Ends the connections that have missed a deadline. A timer is not moved
    /// at every byte; when it is due, it is set again to the deadline that
    /// holds by then.
    pub fn tick(&mut self, now: Duration) {
        while let Some(id) = self.timers.pop_due(now) {
            let Some(connection) = self.connections.get(id) else {
                continue;
            };
            let (at, late) = connection.deadline(&self.limits);
            if at > now.into() {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    fn one(limits: Limits) -> (Table<()>, Id) {
        let mut table = Table::new(limits);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let id = table.connect(peer, NOW).expect("there is room");
        (table, id)
    }

    #[test]
    fn an_answer_uses_the_memory_of_the_one_before() {
        let (mut table, id) = one(Limits::default());
        for _ in 0..3 {
            table.answer(id, &[0; 32], NOW);
            assert_eq!(table.spare.len(), 0);
            table.sent(id, 32, NOW);
            assert_eq!(table.spare.len(), 1);
            assert!(table.connections[id].out.is_none());
        }
    }

    #[test]
    fn the_memory_of_a_long_queue_is_given_back() {
        let (mut table, id) = one(Limits::default());
        table.answer(id, &[0; 2 * SPARE_SIZE], NOW);
        table.sent(id, 2 * SPARE_SIZE, NOW);
        assert_eq!(table.spare.len(), 0);
        for _ in 0..2 * SPARE {
            table.keep(Some(Box::default()));
        }
        assert_eq!(table.spare.len(), SPARE);
    }

    /// Ten thousand of them are idle.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_connection_is_small() {
        assert!(size_of::<Connection<()>>() <= 80);
    }
}
