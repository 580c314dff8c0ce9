//! One way to do it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// See `yours`.
#[derive(Debug)]
pub struct Outstanding<T> {
    most: usize,
    patience: Duration,
    next: u16,
    waiting: HashMap<u16, (T, Duration)>,
    // Ids in the order in which they were sent, with the times at which they
    // were. Some of them have been answered.
    sent: VecDeque<(u16, Duration)>,
}

impl<T> Outstanding<T> {
    /// See `yours`.
    pub fn new(most: usize, patience: Duration) -> Self {
        Outstanding {
            most: most.min(1 << 16),
            patience,
            next: 0,
            waiting: HashMap::new(),
            sent: VecDeque::new(),
        }
    }

    /// See `yours`.
    pub fn send(&mut self, who: T, now: Duration) -> Option<u16> {
        if self.waiting.len() >= self.most {
            return None;
        }
        // Ends, for not all of the ids are taken.
        while self.waiting.contains_key(&self.next) {
            self.next = self.next.wrapping_add(1);
        }
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.waiting.insert(id, (who, now));
        self.sent.push_back((id, now));
        self.forget_answered();
        Some(id)
    }

    /// See `yours`.
    pub fn answer(&mut self, id: u16, now: Duration) -> Option<T> {
        let (_, sent) = self.waiting.get(&id)?;
        if now >= sent.saturating_add(self.patience) {
            return None;
        }
        let (who, _) = self.waiting.remove(&id)?;
        self.forget_answered();
        Some(who)
    }

    /// See `yours`.
    pub fn expired(&mut self, now: Duration) -> Vec<T> {
        let mut expired = Vec::new();
        while let Some(&(id, sent)) = self.sent.front()
            && now >= sent.saturating_add(self.patience)
        {
            self.sent.pop_front();
            if self.waits(id, sent)
                && let Some((who, _)) = self.waiting.remove(&id)
            {
                expired.push(who);
            }
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

    fn waits(&self, id: u16, sent: Duration) -> bool {
        self.waiting
            .get(&id)
            .is_some_and(|&(_, since)| since == sent)
    }

    /// Keeps `sent` in proportion to `waiting`.
    fn forget_answered(&mut self) {
        if self.sent.len() > 2 * self.waiting.len() + 16 {
            let sent = std::mem::take(&mut self.sent);
            let waits = |&(id, since): &(u16, Duration)| self.waits(id, since);
            self.sent = sent.into_iter().filter(waits).collect();
        }
    }
}
