//! One way to do it.

use std::time::{Duration, Instant};

/// See `yours`.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From one message to the first byte of the next.
    pub idle: Duration,
    /// From the first byte of a message to its last, at least.
    pub base: Duration,
    /// For each so many bytes that arrived, a second more.
    pub bytes_a_second: u32,
    /// From the first byte of a message to its last, at most.
    pub cap: Duration,
}

/// See `yours`.
#[derive(Debug)]
pub struct Deadline {
    limits: Limits,
    since: Instant,
    /// How many bytes of the message arrived; `None` between two messages.
    message: Option<u32>,
}

impl Deadline {
    /// See `yours`.
    pub fn new(limits: Limits, now: Instant) -> Self {
        Deadline {
            limits,
            since: now,
            message: None,
        }
    }

    /// See `yours`.
    pub fn received(&mut self, bytes: u32, now: Instant) {
        let before = *self.message.get_or_insert_with(|| {
            self.since = now;
            0
        });
        // A peer that sends for ever must not wrap the count around.
        self.message = Some(before.saturating_add(bytes));
    }

    /// See `yours`.
    pub fn complete(&mut self, now: Instant) {
        self.message = None;
        self.since = now;
    }

    /// See `yours`.
    pub fn expires(&self) -> Instant {
        let Some(bytes) = self.message else {
            return self.since + self.limits.idle;
        };
        let a_second = self.limits.bytes_a_second;
        let earned = Duration::from_secs(1) * bytes / a_second;
        self.since + (self.limits.base + earned).min(self.limits.cap)
    }
}
