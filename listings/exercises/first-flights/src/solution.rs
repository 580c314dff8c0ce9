//! One way to do it.

use std::num::NonZeroU64;
use std::time::Duration;

/// See `yours`.
pub fn on_their_way(bits_per_second: u64, rtt: Duration) -> u64 {
    const NANOS: u128 = 1_000_000_000;
    let bits = u128::from(bits_per_second);
    // Whole seconds and the rest: the product of all nanoseconds could be too
    // large for 128 bits.
    let whole = bits * u128::from(rtt.as_secs());
    let rest = bits * u128::from(rtt.subsec_nanos()) / NANOS;
    u64::try_from((whole + rest) / 8).unwrap_or(u64::MAX)
}

/// See `yours`.
pub fn flights(bytes: u64, window: NonZeroU64) -> u32 {
    let mut left = bytes;
    let mut window = window.get();
    let mut flights = 0;
    while left > 0 {
        left = left.saturating_sub(window);
        window = window.saturating_mul(2);
        flights += 1;
    }
    flights
}
