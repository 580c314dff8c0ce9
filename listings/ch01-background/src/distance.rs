//! A link with a length: it carries what one socket sends to another one, but
//! late, and no faster than its rate.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU64;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use ch03_sockets::server::policy::{Peer, Permits, Reaction, accept_error};

/// How much is read at a time: what fits into one packet on Ethernet.
const CHUNK: usize = 1460;
/// How many connections are carried at once; more are hung up on.
pub const MOST: usize = 64;
/// How long a direction is kept open in which nothing moves.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait when there are no descriptors left to accept with.
const PAUSE: Duration = Duration::from_millis(10);
/// How many chunks may be on their way in one direction.
const ON_THE_WAY: usize = 1024;

/// What a link does to bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The round-trip time: there, and back.
    pub rtt: Duration,
    /// How many bits it takes in a second, in each direction.
    pub bits_per_second: NonZeroU64,
}

// ANCHOR: wire
/// One direction of a link.
#[derive(Debug, Clone)]
pub struct Wire {
    link: Link,
    free_at: Option<Instant>,
}

impl Wire {
    /// A direction of `link` that carries nothing yet.
    #[must_use]
    pub fn new(link: Link) -> Self {
        Wire {
            link,
            free_at: None,
        }
    }

    /// When the last of `len` bytes arrives that are sent at `now`: once those
    /// before them have left, each bit takes its time to leave, and the last
    /// one takes half a round trip to come across.
    pub fn send(&mut self, now: Instant, len: usize) -> Instant {
        let start = self.free_at.map_or(now, |free| free.max(now));
        let rate = u128::from(self.link.bits_per_second.get());
        let nanos = len as u128 * 8 * 1_000_000_000 / rate;
        let leaving = u64::try_from(nanos).unwrap_or(u64::MAX);
        let sent = later(start, Duration::from_nanos(leaving));
        self.free_at = Some(sent);
        later(sent, self.link.rtt / 2)
    }
}
// ANCHOR_END: wire

/// A link so slow that the clock cannot say when the bytes arrive is as good
/// as one on which they take a day.
fn later(time: Instant, wait: Duration) -> Instant {
    const DAY: Duration = Duration::from_secs(86_400);
    time + wait.min(DAY)
}

/// Accepts clients and carries what they and `server` say to one another over
/// `link`, until `listener` fails for good: at most [`MOST`] at a time. A
/// direction in which nothing is said for half a minute is closed.
///
/// What it cannot make late is the opening of the connection itself: the
/// client's kernel and ours do that before we hear of it.
///
/// # Errors
/// What `accept` reports.
pub fn carry_all(
    listener: &TcpListener,
    server: SocketAddr,
    link: Link,
) -> io::Result<()> {
    let permits = Permits::new(MOST, MOST);
    loop {
        let (client, address) = accept(listener)?;
        if let Ok(permit) = permits.try_take(Peer::Inet(address).host()) {
            thread::spawn(move || {
                let _permit = permit;
                carry(&client, server, link)
            });
        }
    }
}

/// The next connection, however long it takes until there is one.
///
/// # Errors
/// When the listener will never have one again.
pub(crate) fn accept(
    listener: &TcpListener,
) -> io::Result<(TcpStream, SocketAddr)> {
    loop {
        match listener.accept() {
            Ok(accepted) => return Ok(accepted),
            Err(error) => match accept_error(&error) {
                Reaction::Next => {}
                Reaction::BackOff => thread::sleep(PAUSE),
                Reaction::Stop => return Err(error),
            },
        }
    }
}

fn carry(client: &TcpStream, server: SocketAddr, link: Link) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    for end in [client, &server] {
        end.set_nodelay(true)?; // no delays but ours
        end.set_read_timeout(Some(PATIENCE))?;
        end.set_write_timeout(Some(PATIENCE))?;
    }
    thread::scope(|scope| {
        scope.spawn(|| one_way(client, &server, link));
        one_way(&server, client, link)
    })
}

fn one_way(from: &TcpStream, to: &TcpStream, link: Link) -> io::Result<()> {
    let (departures, arrivals) = mpsc::sync_channel(ON_THE_WAY);
    thread::scope(|scope| {
        scope.spawn(|| deliver(arrivals, to));
        depart(from, departures, Wire::new(link))
    })
}

fn depart(
    mut from: &TcpStream,
    departures: SyncSender<(Instant, Vec<u8>)>,
    mut wire: Wire,
) -> io::Result<()> {
    let mut chunk = [0; CHUNK];
    loop {
        let n = from.read(&mut chunk)?;
        let arrival = wire.send(Instant::now(), n);
        // An empty chunk says that the sender has closed.
        let sent = departures.send((arrival, chunk[..n].to_vec()));
        if n == 0 || sent.is_err() {
            return Ok(());
        }
    }
}

fn deliver(
    arrivals: Receiver<(Instant, Vec<u8>)>,
    mut to: &TcpStream,
) -> io::Result<()> {
    for (arrival, chunk) in arrivals {
        let early = arrival.saturating_duration_since(Instant::now());
        thread::sleep(early);
        to.write_all(&chunk)?;
    }
    to.shutdown(Shutdown::Write)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// 80 ms there and back, a byte a millisecond.
    fn wire() -> Wire {
        Wire::new(Link {
            rtt: 80 * MS,
            bits_per_second: NonZeroU64::new(8000).unwrap(),
        })
    }

    #[test]
    fn the_last_byte_leaves_after_the_others_and_then_travels() {
        let now = Instant::now();
        assert_eq!(wire().send(now, 10), now + 50 * MS);
    }

    #[test]
    fn bytes_wait_for_those_before_them() {
        let now = Instant::now();
        let mut wire = wire();
        assert_eq!(wire.send(now, 10), now + 50 * MS);
        assert_eq!(wire.send(now + 4 * MS, 5), now + 55 * MS);
        // The second has left at 15 ms: nobody is in the way of a third.
        assert_eq!(wire.send(now + 20 * MS, 1), now + 61 * MS);
    }

    #[test]
    fn the_slowest_link_does_not_overflow_the_clock() {
        let mut wire = Wire::new(Link {
            rtt: Duration::MAX,
            bits_per_second: NonZeroU64::MIN,
        });
        let now = Instant::now();
        for _ in 0..3 {
            assert!(wire.send(now, usize::MAX) > now);
        }
    }

    #[test]
    fn what_is_sent_arrives_late_and_whole_and_so_does_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = proxy.local_addr().unwrap();
        let rtt = 40 * MS;
        let link = Link {
            rtt,
            bits_per_second: NonZeroU64::new(100_000_000).unwrap(),
        };
        thread::spawn(move || carry_all(&proxy, server, link));
        let echo = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            stream.write_all(&all).unwrap();
        });
        let mut client = TcpStream::connect(address).unwrap();
        client
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let sent: Vec<u8> = (0..50_000_u32).map(|n| n as u8).collect();
        let start = Instant::now();
        client.write_all(&sent).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).unwrap();
        assert!(heard == sent, "{} bytes came back", heard.len());
        assert!(start.elapsed() >= rtt);
        echo.join().unwrap();
    }
}
