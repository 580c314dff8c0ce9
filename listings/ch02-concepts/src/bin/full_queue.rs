//! A sender that is a fifth too quick for its link, and two sizes of queue.

use std::time::Duration;

use ch02_concepts::link::{Config, Link};

/// 1,500 bytes each millisecond: 12 Mbit/s.
const EVERY: Duration = Duration::from_millis(1);
const PACKET: [u8; 1500] = [0; 1500];

fn main() {
    println!("         queue of 1,000 packets      queue of 20 packets");
    println!("second   delay   dropped  Mbit/s     delay   dropped  Mbit/s");
    let mut large = Stream::new(1000);
    let mut small = Stream::new(20);
    for second in 1..=8 {
        let (large, small) = (large.run(), small.run());
        println!("{second:>6}  {large}   {small}");
    }
}

// ANCHOR: stream
/// Packets into a link of 10 Mbit/s and 20 ms.
struct Stream {
    link: Link,
    now: Duration,
}

impl Stream {
    fn new(queue: usize) -> Self {
        let config = Config {
            delay: Duration::from_millis(20),
            rate: Some(10_000_000),
            queue,
            ..Config::default()
        };
        let link = Link::new(config, 1).expect("a valid one");
        let now = Duration::ZERO;
        Stream { link, now }
    }

    /// Sends for a second. Says how long the last packet that arrived was on
    /// its way, how many were dropped, and at what rate bytes arrived.
    fn run(&mut self) -> String {
        let before = self.link.counters();
        let mut delay = Duration::ZERO;
        for _ in 0..1000 {
            self.now += EVERY;
            self.link.send(self.now, &PACKET).expect("1,500 bytes fit");
            while let Some(delivery) = self.link.poll(self.now) {
                // Packet n was sent at n + 1 ms.
                let sent = EVERY * (delivery.number as u32 + 1);
                delay = delivery.at - sent;
            }
        }
        let after = self.link.counters();
        let dropped = after.queue_full - before.queue_full;
        let bytes = after.delivered_bytes - before.delivered_bytes;
        let mbit = bytes as f64 * 8.0 / 1e6;
        let delay = delay.as_millis();
        format!("{delay:>5} ms  {dropped:>7}  {mbit:>6.1}")
    }
}
// ANCHOR_END: stream
