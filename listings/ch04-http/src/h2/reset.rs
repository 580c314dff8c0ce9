//! How many resets a peer may have (CVE-2023-44487).
//!
//! SETTINGS_MAX_CONCURRENT_STREAMS counts the streams that are open. A client
//! that resets each request behind itself never has one open, and every one
//! has cost the server a request. So a server also has to count the resets,
//! over time: this is a bucket of permits that fills again.

use std::time::Duration;

/// Permits for resets, one for each.
#[derive(Debug, Clone)]
// ANCHOR: budget
pub struct Budget {
    most: u32,
    // How long it takes for one permit to come back.
    every: Duration,
    left: u32,
    // Up to when permits have been given back.
    since: Duration,
}

impl Budget {
    /// `most` resets at once, and one more `every` so often.
    pub fn new(most: u32, every: Duration) -> Budget {
        Budget {
            most,
            every,
            left: most,
            since: Duration::ZERO,
        }
    }

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
}
// ANCHOR_END: budget
