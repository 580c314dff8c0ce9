//! One way to do it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// See `yours`.
#[derive(Debug)]
pub struct Outstanding<T> {
    most: usize,
    patience: Duration,
    next_id: u16,
    // Counts what was sent, and unlike the id never starts again: its order is
    // the order of sending.
    next_serial: u64,
    serials: HashMap<u16, u64>,
    waiting: BTreeMap<u64, Request<T>>,
}

#[derive(Debug)]
struct Request<T> {
    id: u16,
    who: T,
    sent: Duration,
}

impl<T> Outstanding<T> {
    /// See `yours`.
    pub fn new(most: usize, patience: Duration) -> Self {
        Outstanding {
            most: most.min(1 << 16),
            patience,
            next_id: 0,
            next_serial: 0,
            serials: HashMap::new(),
            waiting: BTreeMap::new(),
        }
    }

    /// See `yours`.
    pub fn send(&mut self, who: T, now: Duration) -> Option<u16> {
        if self.waiting.len() >= self.most {
            return None;
        }
        // Ends, for not all of the ids are taken.
        while self.serials.contains_key(&self.next_id) {
            self.next_id = self.next_id.wrapping_add(1);
        }
        let (id, serial) = (self.next_id, self.next_serial);
        self.next_id = id.wrapping_add(1);
        self.next_serial += 1;
        self.serials.insert(id, serial);
        let request = Request { id, who, sent: now };
        self.waiting.insert(serial, request);
        Some(id)
    }

    /// See `yours`.
    pub fn answer(&mut self, id: u16, now: Duration) -> Option<T> {
        let serial = *self.serials.get(&id)?;
        if self.is_over(&self.waiting[&serial], now) {
            return None;
        }
        self.serials.remove(&id);
        Some(self.waiting.remove(&serial)?.who)
    }

    /// See `yours`.
    pub fn expired(&mut self, now: Duration) -> Vec<T> {
        let mut expired = Vec::new();
        while let Some((_, oldest)) = self.waiting.first_key_value()
            && self.is_over(oldest, now)
            && let Some((_, request)) = self.waiting.pop_first()
        {
            self.serials.remove(&request.id);
            expired.push(request.who);
        }
        expired
    }

    /// See `yours`.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// See `yours`.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn is_over(&self, request: &Request<T>, now: Duration) -> bool {
        now >= request.sent.saturating_add(self.patience)
    }
}
