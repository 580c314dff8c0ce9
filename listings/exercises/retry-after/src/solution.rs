//! One way to do it.

use std::time::{Duration, SystemTime};

/// See `yours`.
pub fn retry_after(
    value: &str,
    now: SystemTime,
    most: Duration,
) -> Option<Duration> {
    let digits = value.bytes().all(|octet| octet.is_ascii_digit());
    let wait = if digits && !value.is_empty() {
        // All digits: the only error left is a number that is too large.
        value.parse().map_or(most, Duration::from_secs)
    } else {
        let date = httpdate::parse_http_date(value).ok()?;
        date.duration_since(now).unwrap_or(Duration::ZERO)
    };
    Some(wait.min(most))
}
