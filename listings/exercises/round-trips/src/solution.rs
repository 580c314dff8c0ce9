//! One way to do it.

use std::collections::HashSet;

pub use crate::yours::{Page, Tls};

/// See `yours`.
pub fn round_trips(pages: &[Page<'_>], tls: Tls) -> u32 {
    let handshake = match tls {
        Tls::V1_2 => 2,
        Tls::V1_3 => 1,
    };
    let mut known = HashSet::new();
    let mut open = HashSet::new();
    let mut trips = 0;
    for page in pages {
        let host = page.host.to_ascii_lowercase();
        trips += u32::from(known.insert(host.clone()));
        if open.insert((page.secure, host)) {
            trips += 1; // TCP
            trips += if page.secure { handshake } else { 0 };
        }
        trips += 1; // the page itself
    }
    trips
}
