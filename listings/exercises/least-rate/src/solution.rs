//! One way to do it.

use std::time::Duration;

/// See `yours`.
#[derive(Debug)]
pub struct Pace {
    bytes: usize,
    period: Duration,
    began: Option<Duration>,
    taken: usize,
}

impl Pace {
    /// See `yours`.
    pub fn new(bytes: usize, period: Duration) -> Self {
        Pace {
            bytes,
            period,
            began: None,
            taken: 0,
        }
    }

    /// See `yours`.
    pub fn waits(&mut self, now: Duration) {
        if self.began.is_none() {
            self.began = Some(now);
            self.taken = 0;
        }
    }

    /// See `yours`.
    pub fn took(&mut self, count: usize, now: Duration) {
        self.taken += count;
        if self.began.is_some() && self.taken >= self.bytes {
            self.began = Some(now);
            self.taken = 0;
        }
    }

    /// See `yours`.
    pub fn done(&mut self) {
        self.began = None;
    }

    /// See `yours`.
    pub fn deadline(&self) -> Option<Duration> {
        Some(self.began? + self.period)
    }
}
