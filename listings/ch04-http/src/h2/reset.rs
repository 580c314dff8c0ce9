//! How many resets a peer may have (CVE-2023-44487).
//!
//! SETTINGS_MAX_CONCURRENT_STREAMS counts the streams that are open. A client
//! that resets each request behind itself never has one open, and every one
//! has cost the server a request. So a server also has to count the resets,
//! over time: this is a bucket of permits that fills again.

use std::time::Duration;

/// Permits for resets, one for each.
#[derive(Debug, Clone)]
pub struct Budget {
    most: u32,
    // How long it takes for one permit to come back.
    every: Duration,
    left: u32,
    // Up to when permits have been given back.
    since: Duration,
}

impl Budget {
    /// `most` resets at once, and one more `every` so often; zero sets no
    /// limit.
    pub fn new(most: u32, every: Duration) -> Budget {
        Budget {
            most,
            every,
            left: most,
            since: Duration::ZERO,
        }
    }

    // ANCHOR: take
    /// Whether the peer may have a reset at `now`, a time since any moment.
    /// If not, the connection gets GOAWAY with ENHANCE_YOUR_CALM. A time
    /// before an earlier one gives nothing back.
    pub fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.since);
        let back = passed
            .as_nanos()
            .checked_div(self.every.as_nanos())
            .unwrap_or(u128::MAX);
        let missing = self.most - self.left;
        match u32::try_from(back) {
            Ok(back) if back < missing => {
                self.left += back;
                self.since += self.every * back;
            }
            _ => {
                self.left = self.most;
                self.since = self.since.max(now);
            }
        }
        let granted = self.left > 0;
        self.left -= u32::from(granted);
        granted
    }
    // ANCHOR_END: take
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn so_many_at_once_and_one_a_second() {
        let mut budget = Budget::new(3, SECOND);
        let mut granted = |at: f64| budget.take(SECOND.mul_f64(at));
        assert_eq!([0.0; 4].map(&mut granted), [true, true, true, false]);
        assert_eq!([0.9, 1.0, 1.9].map(&mut granted), [false, true, false]);
        // Half a second is not lost.
        assert_eq!([2.5, 3.0, 3.0].map(&mut granted), [true, true, false]);
    }

    #[test]
    fn no_more_than_the_most_is_saved_up() {
        let mut budget = Budget::new(3, SECOND);
        for start in [0, 1000, u64::MAX / 4] {
            let at = Duration::from_secs(start);
            assert_eq!(
                [at; 4].map(|at| budget.take(at)),
                [true, true, true, false]
            );
        }
    }

    #[test]
    fn time_that_goes_back_gives_nothing() {
        let mut budget = Budget::new(1, SECOND);
        assert!(budget.take(SECOND * 10));
        assert!(!budget.take(SECOND * 5));
        assert!(!budget.take(SECOND * 10));
        assert!(budget.take(SECOND * 11));
    }

    #[test]
    fn the_ends_of_the_range() {
        assert!(!Budget::new(0, SECOND).take(SECOND));
        let mut free = Budget::new(1, Duration::ZERO);
        assert!(free.take(SECOND) && free.take(SECOND));
        let mut rare = Budget::new(1, Duration::MAX);
        assert!(rare.take(Duration::ZERO));
        assert!(!rare.take(Duration::MAX - SECOND));
        assert!(rare.take(Duration::MAX));
    }
}
