//! Visits over real sockets.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU64;
use std::thread;
use std::time::Duration;

use ch01_background::distance::{Link, MOST, carry_all};
use ch01_background::site::Site;
use ch01_background::visit::{VisitError, resolve, visit, visit_at};
use rustls::version::{TLS12, TLS13};

fn site() -> Site {
    let link = Link {
        rtt: Duration::from_millis(2),
        bits_per_second: NonZeroU64::new(1_000_000_000).expect("not zero"),
    };
    Site::open("127.0.0.1:0", link, 50_000).expect("a site opens")
}

#[test]
fn a_page_can_be_asked_for_again_and_again() {
    let site = site();
    let visitor = site.visitor(&TLS13).unwrap();
    let (laps, mut connection) = visit(&site, &visitor).unwrap();
    assert!(!connection.is_resumed());
    for (name, lap) in &laps.named()[..4] {
        assert!(*lap >= site.link.rtt, "{name} took {lap:?}");
    }
    for _ in 0..3 {
        assert!(connection.get().unwrap().first_byte >= site.link.rtt);
    }
}

#[test]
fn a_session_is_resumed_by_the_visitor_who_had_it_and_by_nobody_else() {
    let site = site();
    for version in [&TLS12, &TLS13] {
        let visitor = site.visitor(version).unwrap();
        let ip = resolve(&site).unwrap();
        for resumed in [false, true, true] {
            let (_, connection) = visit_at(&site, ip, &visitor).unwrap();
            assert_eq!(connection.is_resumed(), resumed, "{version:?}");
        }
        let stranger = site.visitor(version).unwrap();
        let (_, connection) = visit_at(&site, ip, &stranger).unwrap();
        assert!(!connection.is_resumed(), "{version:?}");
    }
}

#[test]
fn a_site_with_another_certificate_is_refused() {
    let (site, other) = (site(), site());
    let trusts_other = other.visitor(&TLS13).unwrap();
    let error = visit(&site, &trusts_other).map(drop).unwrap_err();
    assert!(matches!(error, VisitError::Io(_)), "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[test]
fn a_client_of_a_server_that_is_gone_is_not_kept_waiting() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = gone.local_addr().unwrap();
    drop(gone);
    let near_end = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = near_end.local_addr().unwrap();
    let link = site().link;
    thread::spawn(move || carry_all(&near_end, server, link));
    let mut client = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(10));
    client.set_read_timeout(patience).unwrap();
    assert_eq!(client.read(&mut [0; 16]).unwrap(), 0);
}

#[test]
fn a_crowd_is_turned_away_and_a_later_visitor_is_not() {
    let site = site();
    let visitor = site.visitor(&TLS13).unwrap();
    let address = ("127.0.0.1", site.port);
    let crowd: Vec<_> = (0..=MOST)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let mut last = crowd.last().unwrap();
    let patience = Some(Duration::from_secs(5));
    last.set_read_timeout(patience).unwrap();
    assert_eq!(last.read(&mut [0; 16]).unwrap(), 0);
    drop(crowd);
    // Its places are free again once the link has noticed.
    let again = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(20));
        visit(&site, &visitor).is_ok()
    });
    assert!(again);
}
