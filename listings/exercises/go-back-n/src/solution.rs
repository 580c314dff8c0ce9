//! One way to do it.

use std::collections::VecDeque;
use std::time::Duration;

/// See `yours`.
#[derive(Debug)]
pub struct Sender {
    packets: u32,
    window: u32,
    timeout: Duration,
    // The oldest that is not acknowledged.
    oldest: u32,
    // When each from `oldest` on was sent last; none beyond these is under
    // way.
    sent_at: VecDeque<Duration>,
    // One past the newest that was ever sent.
    ever_sent: u32,
}

impl Sender {
    /// See `yours`.
    pub fn new(packets: u32, window: u32, timeout: Duration) -> Self {
        Sender {
            packets,
            window,
            timeout,
            oldest: 0,
            sent_at: VecDeque::new(),
            ever_sent: 0,
        }
    }

    /// See `yours`.
    pub fn next_to_send(&mut self, now: Duration) -> Option<u32> {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.sent_at.clear();
        }
        // No longer than `window`.
        let under_way = self.sent_at.len() as u32;
        let next = self.oldest + under_way;
        if under_way == self.window || next == self.packets {
            return None;
        }
        self.sent_at.push_back(now);
        self.ever_sent = self.ever_sent.max(next + 1);
        Some(next)
    }

    /// See `yours`.
    pub fn acknowledged(&mut self, next: u32) {
        if next <= self.oldest || next > self.ever_sent {
            return;
        }
        // After going back, packets may be acknowledged that were not sent
        // for the second time.
        let newly = (next - self.oldest) as usize;
        self.sent_at.drain(..newly.min(self.sent_at.len()));
        self.oldest = next;
    }

    /// See `yours`.
    pub fn deadline(&self) -> Option<Duration> {
        Some(*self.sent_at.front()? + self.timeout)
    }

    /// See `yours`.
    pub fn is_done(&self) -> bool {
        self.oldest == self.packets
    }
}
