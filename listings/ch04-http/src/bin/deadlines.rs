//! Slow clients, in a time that is not real: what each of them gets.

use std::io::IoSlice;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ch04_http::server::Config;
use ch04_http::server::out::Next as Write;
use ch04_http::server::router::Router;
use ch04_http::server::session::{Next, Session, Shared};
use ch04_http::site;

type Client = fn(&mut Session<Router>, u64, Duration);

const HEAD: &[u8] = b"GET /plaintext HTTP/1.1\r\nHost: a\r\nX: ";

// ANCHOR: clients
/// What each does in a second. All but the last take what they get.
const CLIENTS: [(&str, Client); 6] = [
    ("says nothing", |session, _, now| {
        take(session, u64::MAX, now)
    }),
    ("a byte of a head every second", |session, second, now| {
        let byte = HEAD.get(second as usize).unwrap_or(&b'x');
        session.received(&[*byte], now);
        take(session, u64::MAX, now);
    }),
    ("one request, then silence", |session, second, now| {
        if second == 0 {
            session.received(HEAD, now);
            session.received(b"\r\n\r\n", now);
        }
        take(session, u64::MAX, now);
    }),
    ("1,000 bytes of content a second", |session, second, now| {
        upload(session, second, 1000, now);
    }),
    ("2,000 bytes of content a second", |session, second, now| {
        upload(session, second, 2000, now);
    }),
    (
        "takes 100 bytes of the response a second",
        |session, second, now| {
            if second == 0 {
                let request = b"GET /lines?100000 HTTP/1.1\r\nHost: a\r\n\r\n";
                session.received(request, now);
            }
            take(session, 100, now);
        },
    ),
];
// ANCHOR_END: clients

fn main() -> std::io::Result<()> {
    for (name, client) in CLIENTS {
        println!("{name}: {}", outcome(client)?);
    }
    Ok(())
}

// ANCHOR: outcome
/// Ten minutes in no time at all, a second after the other.
fn outcome(client: Client) -> std::io::Result<String> {
    let config = Config {
        log: true,
        ..Config::default()
    };
    let service = site::router(None)?;
    let shared = Arc::new(Shared { service, config });
    let peer = SocketAddr::from(([127, 0, 0, 1], 40_000));
    let mut session = Session::new(shared, peer, Duration::ZERO);
    let mut status = String::from("no response");
    for second in 0..600 {
        let now = Duration::from_secs(second);
        session.tick(now);
        client(&mut session, second, now);
        let next = session.next(now);
        while let Some(entry) = session.entry() {
            status = format!("{}, {} bytes", entry.status, entry.bytes);
        }
        if next == Next::HalfClose || next == Next::Close {
            return Ok(format!("{status}, and the end after {second} s"));
        }
    }
    Ok(format!("{status}, and still there after 600 s"))
}
// ANCHOR_END: outcome

fn upload(
    session: &mut Session<Router>,
    second: u64,
    rate: usize,
    now: Duration,
) {
    if second == 0 {
        let head = b"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
        session.received(head, now);
    }
    if second < (1_000_000 / rate) as u64 {
        session.received(&vec![b'x'; rate], now);
    }
    take(session, u64::MAX, now);
}

fn take(session: &mut Session<Router>, most: u64, now: Duration) {
    let mut slices = [IoSlice::new(&[]); 8];
    let len = match session.out().next(&mut slices) {
        Write::Slices(count) => slices[..count].iter().map(|s| s.len()).sum(),
        Write::File(..) | Write::Nothing => 0,
    };
    if len > 0 {
        session.sent(most.min(len as u64), now);
    }
}
