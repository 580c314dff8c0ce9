//! A datagram in fragments arrives if all of them do.

use std::time::Duration;

use ch02_concepts::link::{Config, Fate, Link};

/// Bytes of UDP header and data in a fragment: a multiple of 8 that fits into
/// 1,500 bytes behind an IPv4 header of 20.
const FRAGMENT: usize = 1480;
const UDP_HEADER: usize = 8;
const DATAGRAMS: u32 = 2000;

fn main() {
    println!("  data  fragments  arrived of {DATAGRAMS}");
    for data in [1200, 4000, 65_507] {
        let fragments = (UDP_HEADER + data).div_ceil(FRAGMENT);
        let arrived = arrived(fragments);
        println!("{data:>6}  {fragments:>9}  {arrived:>7}");
    }
}

// ANCHOR: arrived
/// How many datagrams get through a link that loses one packet in a hundred.
fn arrived(fragments: usize) -> usize {
    let config = Config {
        loss: 0.01,
        ..Config::default()
    };
    let mut link = Link::new(config, 1).expect("a valid one");
    let mut fragment_arrives = || {
        let sent = link.send(Duration::ZERO, b"a fragment").expect("it fits");
        while link.poll(Duration::ZERO).is_some() {}
        matches!(sent.fate, Fate::Arrives { .. })
    };
    (0..DATAGRAMS)
        .filter(|_| {
            // Count, not `all`: the rest is sent even if one is lost.
            let n = (0..fragments).filter(|_| fragment_arrives()).count();
            n == fragments
        })
        .count()
}
// ANCHOR_END: arrived
