//! What the drivers share that serve one machine from many places: the
//! machine in a room that one enters at a time, and whom to tell what has
//! changed.

use std::collections::VecDeque;
use std::ops::DerefMut;
use std::sync::Arc;
use std::time::Duration;

use slotmap::SecondaryMap;

use crate::machine::{Event, Id, Machine, Next};

/// Whoever serves a connection.
pub trait Seat {
    /// What to do next. It is told after every change, by whoever changed it.
    fn tell(&self, next: Next);
}

/// What one has to have the lock for.
pub struct Room<H, S> {
    /// The machine, or a reference to it.
    pub machine: H,
    /// Who serves what.
    pub seats: SecondaryMap<Id, Arc<S>>,
    /// For the host: it has the log.
    events: VecDeque<Event>,
    /// Until when the host sleeps; `None` is for good.
    host_sleeps: Option<Duration>,
    /// Somebody has woken it already.
    host_woken: bool,
}

/// What the host has to do.
pub struct Rounds {
    /// What to log.
    pub events: VecDeque<Event>,
    /// When to come again.
    pub next: Option<Duration>,
    /// There is no connection left.
    pub empty: bool,
}

impl<M, H, S> Room<H, S>
where
    M: Machine,
    H: DerefMut<Target = M>,
    S: Seat,
{
    /// Without anybody in it. The host is awake.
    pub fn new(machine: H) -> Self {
        Room {
            machine,
            seats: SecondaryMap::new(),
            events: VecDeque::new(),
            host_sleeps: None,
            host_woken: true,
        }
    }

    // ANCHOR: settle
    /// Tells everybody what has changed for them: to be called before the
    /// lock is given back. Says whether the host has to be woken: there is
    /// something to log, or a deadline before it would wake by itself.
    pub fn settle(&mut self, now: Duration) -> bool {
        while let Some((id, next)) = self.machine.changed(now) {
            let Some(seat) = self.seats.get(id) else {
                continue;
            };
            seat.tell(next);
            if next == Next::Close {
                self.seats.remove(id);
            }
        }
        let table = self.machine.table();
        self.events.extend(std::iter::from_fn(|| table.event()));
        let sooner = match (table.next_deadline(), self.host_sleeps) {
            (Some(next), Some(until)) => next < until,
            (next, None) => next.is_some(),
            (None, _) => false,
        };
        let wake = (sooner || !self.events.is_empty()) && !self.host_woken;
        self.host_woken |= wake;
        wake
    }
    // ANCHOR_END: settle

    /// The host's part: ends who has missed a deadline, takes what there is
    /// to log.
    pub fn rounds(&mut self, now: Duration) -> Rounds {
        self.machine.table().tick(now);
        self.settle(now);
        self.host_sleeps = self.machine.table().next_deadline();
        self.host_woken = false;
        Rounds {
            events: std::mem::take(&mut self.events),
            next: self.host_sleeps,
            empty: self.machine.table().is_empty(),
        }
    }
}
