//! One way to do it.

use std::collections::VecDeque;
use std::time::Duration;

/// See `yours`. One queue for all servers, in the order in which connections
/// became idle: the oldest is at the front, whosever it is.
#[derive(Debug)]
pub struct Idle<C> {
    most: usize,
    keep: Duration,
    queue: VecDeque<(String, Duration, C)>,
}

impl<C> Idle<C> {
    /// See `yours`.
    pub fn new(most: usize, keep: Duration) -> Self {
        Idle {
            most,
            keep,
            queue: VecDeque::new(),
        }
    }

    /// See `yours`.
    pub fn put(&mut self, server: &str, c: C, now: Duration) -> Option<C> {
        self.queue.push_back((server.into(), now, c));
        match self.queue.len() > self.most {
            true => self.queue.pop_front().map(|(_, _, c)| c),
            false => None,
        }
    }

    /// See `yours`.
    pub fn take(&mut self, server: &str, now: Duration) -> Option<C> {
        let place = self.queue.iter().rposition(|(of, ..)| of == server)?;
        let (_, since, _) = &self.queue[place];
        if self.is_old(*since, now) {
            return None;
        }
        self.queue.remove(place).map(|(_, _, c)| c)
    }

    /// See `yours`.
    pub fn expired(&mut self, now: Duration) -> Vec<C> {
        let old = |(_, since, _): &(_, Duration, _)| self.is_old(*since, now);
        let count = self.queue.iter().take_while(|idle| old(idle)).count();
        self.queue.drain(..count).map(|(_, _, c)| c).collect()
    }

    /// See `yours`.
    pub fn deadline(&self) -> Option<Duration> {
        let (_, since, _) = self.queue.front()?;
        since.checked_add(self.keep)
    }

    fn is_old(&self, since: Duration, now: Duration) -> bool {
        now.saturating_sub(since) >= self.keep
    }
}
