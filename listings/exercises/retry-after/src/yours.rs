//! Yours: replace the `todo!()`.

use std::time::{Duration, SystemTime};

/// How long to wait, given the value of a `Retry-After` field without white
/// space around it (RFC 9110 section 10.2.3), and never longer than `most`.
///
/// The value is either `delay-seconds`, which is one digit or more and nothing
/// else, or an HTTP-date, for which `httpdate::parse_http_date` is at hand. A
/// date that is over means: now. A number may have more digits than fit into
/// any of Rust's integers; it is still a number, and a large one.
///
/// `None`: it is neither, so the client decides by itself.
pub fn retry_after(
    value: &str,
    now: SystemTime,
    most: Duration,
) -> Option<Duration> {
    let _ = (value, now, most);
    todo!("digits, or a date, or neither")
}
