//! Which brings a page sooner: ten times the bandwidth, or half the distance?

use std::error::Error;
use std::num::NonZeroU64;
use std::thread;
use std::time::Duration;

use ch01_background::distance::Link;
use ch01_background::site::Site;
use ch01_background::visit::visit;

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    for (rtt, megabits) in [(80, 10), (80, 100), (40, 10)] {
        let link = Link {
            rtt: Duration::from_millis(rtt),
            bits_per_second: NonZeroU64::new(megabits * 1_000_000)
                .expect("not zero"),
        };
        let shortest = shortest_visit(link, 50_000)?;
        // Rounded down: no visit takes less than the link makes it take.
        let ms = shortest.as_millis() / 40 * 40;
        println!("{rtt} ms, {megabits:>3} Mbit/s: {ms} ms and a bit");
    }
    Ok(())
}
// ANCHOR_END: main

/// The shortest of three first visits, made at once, to a page of `len` bytes.
fn shortest_visit(link: Link, len: usize) -> Result<Duration, Box<dyn Error>> {
    let site = Site::open("127.0.0.1:0", link, len)?;
    let times = thread::scope(|scope| {
        let visits = [(); 3].map(|()| {
            scope.spawn(|| {
                let stranger = site.visitor(&rustls::version::TLS13)?;
                visit(&site, &stranger).map(|(laps, _)| laps.total())
            })
        });
        visits.map(|handle| handle.join().expect("visits return errors"))
    });
    let mut shortest = Duration::MAX;
    for time in times {
        shortest = shortest.min(time?);
    }
    Ok(shortest)
}
