//! Which brings a page sooner: ten times the bandwidth, or half the distance?
//! Computed by the link itself, on a clock that nobody waits for.

use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use ch01_background::distance::{Link, Wire};

// ANCHOR: main
/// When the last byte of a page is there: four questions and their answers, by
/// the bytes they carry.
fn last_byte(link: Link, page: usize) -> Duration {
    let (mut there, mut back) = (Wire::new(link), Wire::new(link));
    let start = Instant::now();
    let mut now = start;
    for (question, answer) in [
        (30, 46),          // the name
        (0, 0),            // SYN; SYN, ACK
        (517, 666),        // TLS
        (183, 248 + page), // the page
    ] {
        now = there.send(now, question);
        now = back.send(now, answer);
    }
    now - start
}

fn main() {
    println!("                   10 kB    1 MB    1 GB");
    for (rtt, megabits) in [(80, 10), (80, 100), (40, 10)] {
        let rate = NonZeroU64::new(megabits * 1_000_000);
        let link = Link {
            rtt: Duration::from_millis(rtt),
            bits_per_second: rate.expect("not zero"),
        };
        let seconds = [10_000, 1_000_000, 1_000_000_000]
            .map(|page| last_byte(link, page).as_secs_f64());
        let [small, large, huge] = seconds;
        println!(
            "{rtt} ms, {megabits:>3} Mbit/s {small:>7.3} {large:>7.3} {huge:>7.1} s"
        );
    }
}
// ANCHOR_END: main
