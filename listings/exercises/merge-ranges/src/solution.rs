//! One way to do it.

use std::ops::Range;

/// See `yours`.
pub fn merge(ranges: &[Range<u64>], head: u64) -> Vec<Range<u64>> {
    let some = ranges.iter().filter(|range| !range.is_empty());
    let mut sorted: Vec<Range<u64>> = some.cloned().collect();
    sorted.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<u64>> = Vec::new();
    for range in sorted {
        match merged.last_mut() {
            // Where they overlap, there are 0 bytes between them.
            Some(last)
                if range.start.saturating_sub(last.end) < head.max(1) =>
            {
                // The one in front may reach farther.
                last.end = last.end.max(range.end);
            }
            _ => merged.push(range),
        }
    }
    merged
}
