//! One way to do it.

use std::time::Duration;

/// See `yours`.
pub fn timeout(deadline: Option<Duration>, now: Duration) -> i32 {
    let Some(deadline) = deadline else {
        return -1;
    };
    let left = deadline.saturating_sub(now);
    let millis = left.as_nanos().div_ceil(1_000_000);
    i32::try_from(millis).unwrap_or(i32::MAX)
}
