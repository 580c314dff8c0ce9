//! Yours: replace the `todo!()`s, and give the struct what it needs.

use std::time::Duration;

/// The sending half of *go-back-N*: packets 0, 1, 2, … of which up to
/// `window` may be on their way, unacknowledged. The receiver takes packets
/// in order only, throws away what comes early, and answers each packet with
/// the number that it waits for.
///
/// A time is a `Duration` since a moment that the caller chose.
#[derive(Debug)]
pub struct Sender {}

impl Sender {
    /// A sender of `packets` packets, none of them sent. `window` is at least
    /// 1. A packet that is not acknowledged for `timeout` counts as lost.
    pub fn new(packets: u32, window: u32, timeout: Duration) -> Self {
        let _ = (packets, window, timeout);
        todo!()
    }

    /// The number of the packet to send at `now`; `None` means that there is
    /// nothing to send now. The caller asks again until it gets `None`.
    ///
    /// When the oldest unacknowledged packet was sent `timeout` ago or
    /// earlier, the sender goes back: that one and all behind it are sent
    /// again, in order.
    pub fn next_to_send(&mut self, now: Duration) -> Option<u32> {
        let _ = now;
        todo!("first look whether it is time to go back")
    }

    /// An acknowledgment came: the receiver has all packets before `next`.
    /// One that says nothing new, or speaks of packets never sent, changes
    /// nothing.
    pub fn acknowledged(&mut self, next: u32) {
        let _ = next;
        todo!("the window moves on")
    }

    /// When to ask [`Sender::next_to_send`] again if no acknowledgment comes:
    /// the oldest unacknowledged packet's timeout. `None` when nothing is on
    /// its way.
    pub fn deadline(&self) -> Option<Duration> {
        todo!()
    }

    /// Whether all packets are acknowledged.
    pub fn is_done(&self) -> bool {
        todo!()
    }
}
