//! How many round trips a page costs, by what is known and what is open
//! already.

use std::error::Error;
use std::num::NonZeroU64;
use std::thread;
use std::time::Duration;

use ch01_background::distance::Link;
use ch01_background::site::Site;
use ch01_background::visit::{
    Laps, VisitError, resolve, round_trips, visit, visit_at,
};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

const RTT: Duration = Duration::from_millis(150);

// ANCHOR: visits
/// A first visit; a second one that resumes the session of the first; and a
/// second page on the connection of the second visit.
fn visits(
    site: &Site,
    version: &'static SupportedProtocolVersion,
) -> Result<[Laps; 3], VisitError> {
    let visitor = site.visitor(version)?;
    let (first, connection) = visit(site, &visitor)?;
    drop(connection);

    let known = resolve(site)?; // on another clock
    let (again, mut connection) = visit_at(site, known, &visitor)?;
    assert!(connection.is_resumed());
    Ok([first, again, connection.get()?])
}
// ANCHOR_END: visits

/// Three times at once, and the best of each step.
fn best_visits(
    site: &Site,
    version: &'static SupportedProtocolVersion,
) -> Result<[Laps; 3], VisitError> {
    let tries: Vec<_> = thread::scope(|scope| {
        let started: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| visits(site, version)))
            .collect();
        let joined = started.into_iter().map(|handle| handle.join());
        joined
            .map(|tried| tried.expect("a visit returns its errors"))
            .collect::<Result<_, _>>()
    })?;
    let best = |nth: usize| {
        let laps = tries.iter().map(|tried: &[Laps; 3]| tried[nth]);
        laps.reduce(Laps::best).expect("three tries")
    };
    Ok([best(0), best(1), best(2)])
}

fn main() -> Result<(), Box<dyn Error>> {
    let fast = NonZeroU64::new(1_000_000_000).expect("not zero");
    let link = Link {
        rtt: RTT,
        bits_per_second: fast,
    };
    let site = Site::open("127.0.0.1:0", link, 10_000)?;
    let versions = [("TLS 1.2", &TLS12), ("TLS 1.3", &TLS13)];
    // Both at once, because they only wait.
    let results = thread::scope(|scope| {
        let site = &site;
        versions
            .map(|(_, version)| scope.spawn(|| best_visits(site, version)))
            .map(|handle| handle.join().expect("visits return their errors"))
    });
    println!("                      resolve connect TLS page  in all");
    for ((name, _), result) in versions.iter().zip(results) {
        let rows = ["first visit", "session resumed", "same connection"];
        for (row, laps) in rows.iter().zip(result?) {
            let trips = |time| round_trips(time, RTT);
            println!(
                "{name}, {row:<16} {:>4} {:>7} {:>5} {:>4} {:>5}",
                trips(laps.resolve),
                trips(laps.connect),
                trips(laps.handshake),
                trips(laps.first_byte),
                trips(laps.total()),
            );
        }
    }
    Ok(())
}
