//! A page fetched from a server 80 ms away and back, step by step; then once
//! more. `--svg` draws it; `--serve ADDR` leaves the server to curl.

use std::error::Error;
use std::num::NonZeroU64;
use std::time::Duration;

use ch01_background::distance::Link;
use ch01_background::site::{NAME, Site};
use ch01_background::timeline::Timeline;
use ch01_background::visit::{Laps, VisitError, round_trips, visit};

// ANCHOR: main
const RTT: Duration = Duration::from_millis(80);
const TEN_MEGABITS: NonZeroU64 = NonZeroU64::new(10_000_000).unwrap();
const PAGE: usize = 10_000; // bytes

/// The first fetch, and the second on the same connection.
fn two_fetches(site: &Site) -> Result<(Laps, Laps), VisitError> {
    let stranger = site.visitor(&rustls::version::TLS13)?;
    let (first, mut connection) = visit(site, &stranger)?;
    Ok((first, connection.get()?))
}

fn timeline(site: &Site) -> Result<Timeline, VisitError> {
    let (mut first, mut second) = two_fetches(site)?;
    for _ in 0..2 {
        let again = two_fetches(site)?;
        first = first.best(again.0);
        second = second.best(again.1);
    }
    let title =
        format!("https://{NAME}/, {} ms away and back", RTT.as_millis());
    let mut timeline = Timeline::new(&title, "round trips");
    for (name, lap) in first.named() {
        timeline = timeline.then(name, round_trips(lap, RTT));
    }
    Ok(timeline
        .then("2nd: first byte", round_trips(second.first_byte, RTT))
        .then("2nd: last byte", round_trips(second.last_byte, RTT)))
}
// ANCHOR_END: main

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let link = Link {
        rtt: RTT,
        bits_per_second: TEN_MEGABITS,
    };
    match &arguments[..] {
        [] => {
            let site = Site::open("127.0.0.1:0", link, PAGE)?;
            print!("{}", timeline(&site)?.to_text());
        }
        [svg] if svg == "--svg" => {
            let site = Site::open("127.0.0.1:0", link, PAGE)?;
            print!("{}", timeline(&site)?.to_svg("url"));
        }
        [serve, address] if serve == "--serve" => {
            let site = Site::open(address, link, PAGE)?;
            println!("https://{NAME}:{}/ until Ctrl-C", site.port);
            loop {
                std::thread::park();
            }
        }
        _ => return Err("usage: url_timeline [--svg | --serve ADDR]".into()),
    }
    Ok(())
}
