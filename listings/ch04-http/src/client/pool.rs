//! Which connection to use, and which never again.
//!
//! The pool counts every connection, in use or idle, and holds the idle ones.
//! It opens none: it says when to. `C` is a connection, and dropping it closes
//! it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::client::Origin;

/// How many connections, and how long without a use.
// ANCHOR: bounds
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The most connections, in use and idle; at least 1.
    pub total: usize,
    /// The most to one origin; at least 1.
    pub per_origin: usize,
    /// How long an idle one is kept. Best shorter than the servers' own
    /// limit, or they will be closed when they are needed.
    pub idle: Duration,
}
// ANCHOR_END: bounds

impl Default for Bounds {
    /// 100 in all, 6 to an origin, 30 s.
    fn default() -> Self {
        Bounds {
            total: 100,
            per_origin: 6,
            idle: Duration::from_secs(30),
        }
    }
}

/// The right to one connection. Give it back by [`Pool::release`] or
/// [`Pool::discard`]: a lost one takes up a place for ever.
#[derive(Debug)]
#[must_use = "a lost lease takes up a place for ever"]
pub struct Lease(Origin);

impl Lease {
    /// To whom.
    pub fn origin(&self) -> &Origin {
        &self.0
    }
}

/// What the pool has.
#[derive(Debug)]
pub enum Acquired<C> {
    /// A connection that was used before. Look whether it is still quiet: if
    /// it was closed or brought bytes, discard it.
    Reused(Lease, C),
    /// Permission to open one.
    Open(Lease),
    /// Nothing before somebody gives a lease back.
    Full,
}

#[derive(Debug)]
struct Idle<C> {
    connection: C,
    until: Duration,
}

#[derive(Debug)]
struct Place<C> {
    busy: usize,
    /// The one used last is at the back.
    idle: VecDeque<Idle<C>>,
}

/// Connections by origin.
#[derive(Debug)]
pub struct Pool<C> {
    bounds: Bounds,
    places: HashMap<Origin, Place<C>>,
    total: usize,
}

impl<C> Pool<C> {
    /// An empty one.
    pub fn new(bounds: Bounds) -> Self {
        Pool {
            bounds: Bounds {
                total: bounds.total.max(1),
                per_origin: bounds.per_origin.max(1),
                ..bounds
            },
            places: HashMap::new(),
            total: 0,
        }
    }

    /// Asks for a connection to `origin`; with `fresh` for one that nobody
    /// has used. To make room, the connection idle longest is closed.
    // ANCHOR: acquire
    pub fn acquire(
        &mut self,
        origin: &Origin,
        fresh: bool,
        now: Duration,
    ) -> Acquired<C> {
        self.expire(now);
        let place = self.places.get_mut(origin);
        let here = place.as_ref().map_or(0, |p| p.busy + p.idle.len());
        if let Some(place) = place {
            // The one used last is the likeliest to be alive.
            let idle = if fresh { None } else { place.idle.pop_back() };
            if let Some(idle) = idle {
                place.busy += 1;
                return Acquired::Reused(
                    Lease(origin.clone()),
                    idle.connection,
                );
            }
            if here >= self.bounds.per_origin && !self.evict(Some(origin)) {
                return Acquired::Full;
            }
        }
        if self.total >= self.bounds.total && !self.evict(None) {
            return Acquired::Full;
        }
        self.total += 1;
        let place = self.places.entry(origin.clone()).or_insert(Place {
            busy: 0,
            idle: VecDeque::new(),
        });
        place.busy += 1;
        Acquired::Open(Lease(origin.clone()))
    }
    // ANCHOR_END: acquire

    // ANCHOR: release
    /// Keeps a connection for later. It has to be between two messages, with
    /// nothing unread: `Exchange::is_reusable`.
    pub fn release(&mut self, lease: Lease, connection: C, now: Duration) {
        let until = now.saturating_add(self.bounds.idle);
        if let Some(place) = self.places.get_mut(&lease.0) {
            place.busy -= 1;
            place.idle.push_back(Idle { connection, until });
        }
    }

    /// The connection is closed, or will be: it never comes back.
    pub fn discard(&mut self, lease: Lease) {
        if let Some(place) = self.places.get_mut(&lease.0) {
            place.busy -= 1;
            self.total -= 1;
            self.forget_empty(&lease.0);
        }
    }
    // ANCHOR_END: release

    /// Closes what has been idle too long, and says when to call it next.
    /// [`Pool::acquire`] calls it.
    pub fn expire(&mut self, now: Duration) -> Option<Duration> {
        let total = &mut self.total;
        self.places.retain(|_, place| {
            let before = place.idle.len();
            place.idle.retain(|idle| now < idle.until);
            *total -= before - place.idle.len();
            place.busy > 0 || !place.idle.is_empty()
        });
        let fronts = self.places.values().filter_map(|p| p.idle.front());
        fronts.map(|idle| idle.until).min()
    }

    /// Closes the connection that is idle longest, of one origin or of all.
    fn evict(&mut self, origin: Option<&Origin>) -> bool {
        let candidates = self.places.iter();
        let oldest = candidates
            .filter(|(of, _)| origin.is_none_or(|origin| origin == *of))
            .filter_map(|(of, place)| Some((place.idle.front()?.until, of)))
            .min_by_key(|(until, _)| *until);
        let Some(of) = oldest.map(|(_, of)| of.clone()) else {
            return false;
        };
        if let Some(place) = self.places.get_mut(&of) {
            place.idle.pop_front();
            self.total -= 1;
            self.forget_empty(&of);
        }
        true
    }

    fn forget_empty(&mut self, origin: &Origin) {
        let place = self.places.get(origin);
        if place.is_some_and(|p| p.busy == 0 && p.idle.is_empty()) {
            self.places.remove(origin);
        }
    }

    /// How many connections there are.
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many of them are idle.
    pub fn idle(&self) -> usize {
        self.places.values().map(|place| place.idle.len()).sum()
    }
}

#[cfg(test)]
mod tests;
