//! Yours: replace the `todo!()`s.

use std::time::Duration;

/// Watches that a peer takes what waits for it at a bearable pace: at least
/// `bytes` in every `period`, for as long as something waits.
#[derive(Debug)]
pub struct Pace {
    bytes: usize,
    period: Duration,
    /// When the period that runs has begun; `None` while nothing waits.
    began: Option<Duration>,
    /// What the peer has taken since.
    taken: usize,
}

impl Pace {
    /// Nothing waits yet.
    pub fn new(bytes: usize, period: Duration) -> Self {
        Pace {
            bytes,
            period,
            began: None,
            taken: 0,
        }
    }

    /// Something waits for the peer from now on. Says nothing new while
    /// something has been waiting already.
    pub fn waits(&mut self, now: Duration) {
        let _ = (now, &mut self.began);
        todo!("begin a period, unless one runs")
    }

    /// The peer has taken `count` bytes. If that makes `bytes` in this
    /// period, the next one begins now, and begins with nothing: what was
    /// more than enough does not count twice.
    pub fn took(&mut self, count: usize, now: Duration) {
        let _ = (count, now, self.bytes, &mut self.taken);
        todo!("count, and begin anew when it is enough")
    }

    /// Nothing waits any more.
    pub fn done(&mut self) {
        todo!("no period runs")
    }

    /// When to hang up on the peer, unless it takes more before.
    pub fn deadline(&self) -> Option<Duration> {
        let _ = self.period;
        todo!("the end of the period that runs")
    }
}
