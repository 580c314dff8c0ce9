//! Yours: replace each `todo!()`, and add the fields you need.

use std::time::{Duration, Instant};

/// How much time a peer has.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From one message to the first byte of the next.
    pub idle: Duration,
    /// From the first byte of a message to its last, at least.
    pub base: Duration,
    /// For each so many bytes of the message that arrived, its last byte may
    /// come a second later. Parts count in proportion.
    pub bytes_a_second: u32,
    /// From the first byte of a message to its last, at most.
    pub cap: Duration,
}

/// When a connection has had its time.
#[derive(Debug)]
pub struct Deadline {
    limits: Limits,
}

impl Deadline {
    /// A connection without a message since `now`.
    pub fn new(limits: Limits, now: Instant) -> Self {
        let _ = now;
        Deadline { limits }
    }

    /// `bytes` more of a message arrived; the first of them may begin it.
    pub fn received(&mut self, bytes: u32, now: Instant) {
        let _ = (bytes, now);
        todo!("does a message begin? how many bytes has it?")
    }

    /// The message is complete.
    pub fn complete(&mut self, now: Instant) {
        let _ = now;
        todo!("the next one has not begun")
    }

    /// When to close the connection, if nothing happens before.
    pub fn expires(&self) -> Instant {
        let _ = self.limits;
        todo!("idle, or in mid-message?")
    }
}
