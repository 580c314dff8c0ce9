//! How long to wait before trying again: exponential backoff with a cap and
//! full jitter. It reads no clock and draws no random number: the caller
//! passes what it needs.

use std::time::Duration;

/// Doubles the wait from `first` to `cap`, for at most `tries` tries.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
    cap: Duration,
    left: u32,
}

impl Backoff {
    /// Waits `first` after the first try, twice as long after each further
    /// one, never longer than `cap`, and gives up after `tries` tries.
    pub fn new(first: Duration, cap: Duration, tries: u32) -> Self {
        Backoff {
            next: first.min(cap),
            cap,
            left: tries,
        }
    }

    /// Asks to make a try: how long to wait for its answer, or `None` when
    /// all tries are used up.
    pub fn try_again(&mut self) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let wait = self.next;
        self.next = (wait * 2).min(self.cap);
        Some(wait)
    }
}

/// Full jitter: a wait drawn evenly from zero to `wait`, so that clients who
/// failed together do not come back together.
///
/// `random` is the caller's random number, 0 for none of the wait up to
/// [`u32::MAX`] for all of it.
pub fn jitter(wait: Duration, random: u32) -> Duration {
    wait.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn waits_double_up_to_the_cap_and_then_end() {
        let mut backoff = Backoff::new(100 * MS, 500 * MS, 5);
        let waits: Vec<_> =
            std::iter::from_fn(|| backoff.try_again()).collect();
        assert_eq!(waits, [100 * MS, 200 * MS, 400 * MS, 500 * MS, 500 * MS]);
        assert_eq!(backoff.try_again(), None);
    }

    #[test]
    fn a_first_wait_above_the_cap_is_capped() {
        let mut backoff = Backoff::new(900 * MS, 500 * MS, 1);
        assert_eq!(backoff.try_again(), Some(500 * MS));
        assert_eq!(backoff.try_again(), None);
    }

    #[test]
    fn jitter_covers_the_whole_wait_and_no_more() {
        assert_eq!(jitter(100 * MS, 0), Duration::ZERO);
        assert_eq!(jitter(100 * MS, u32::MAX), 100 * MS);
        let half = jitter(100 * MS, u32::MAX / 2);
        assert!(half > 49 * MS && half < 51 * MS, "{half:?}");
    }
}
