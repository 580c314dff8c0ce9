//! Yours: replace each `todo!()`.

use std::num::NonZeroU64;
use std::time::Duration;

/// How many bytes are on their way at once when a link is full: those that a
/// sender can send in one round trip. This is the *bandwidth-delay product*.
///
/// Rounded down; [`u64::MAX`] where there are more.
pub fn on_their_way(bits_per_second: u64, rtt: Duration) -> u64 {
    let _ = (bits_per_second, rtt);
    todo!("mind the size of the product")
}

/// How many round trips it takes to deliver `bytes` on a new connection whose
/// sender does not know the link, and loses nothing: at first, `window` bytes
/// are sent. In each round trip that follows, twice as many as in the one
/// before (slow start, RFC 5681 §3.1).
pub fn flights(bytes: u64, window: NonZeroU64) -> u32 {
    let _ = (bytes, window);
    todo!("mind the size of the window")
}
