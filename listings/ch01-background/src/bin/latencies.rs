//! How long things take on this machine, and how long light takes elsewhere.
//! Run it with `--release`, on a machine with nothing else to do.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

const TIMEOUT: Option<Duration> = Some(Duration::from_secs(5));

// ANCHOR: time
/// How many nanoseconds `work` takes, done `times` times in a row: the best of
/// five rows, because whatever disturbs a row makes it longer.
fn time(times: u32, mut work: impl FnMut()) -> f64 {
    let row = |_| {
        let start = Instant::now();
        for _ in 0..times {
            work();
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
    };
    (0..5).map(row).fold(f64::INFINITY, f64::min)
}
// ANCHOR_END: time

// ANCHOR: memory
/// A byte in each of `lines` cache lines of 64 bytes, in an order that the
/// processor cannot guess: each says where the next one is.
fn memory(lines: u32) -> f64 {
    let mut next: Vec<[u32; 16]> = (0..lines).map(|n| [n; 16]).collect();
    let mut random = 1_u64;
    for last in (1..lines).rev() {
        // Knuth's MMIX generator; Sattolo's algorithm makes a single cycle.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = (random >> 33) as u32 % last;
        next.swap(last as usize, other as usize);
    }
    let mut at = 0;
    let took = time(200_000, || at = next[at as usize][0]);
    black_box(at);
    took
}
// ANCHOR_END: memory

/// There and back: `ping` sends something and waits for what `pong` returns.
/// Once `ping` is dropped, `pong` has to fail.
fn ping_pong(
    mut ping: impl FnMut() -> io::Result<()>,
    mut pong: impl FnMut() -> io::Result<()> + Send,
) -> f64 {
    thread::scope(move |scope| {
        scope.spawn(move || while pong().is_ok() {});
        let took = time(500, || ping().expect("the other side answers"));
        drop(ping);
        took
    })
}

/// Wakes a thread that waits, and waits to be woken.
fn threads() -> f64 {
    let (to, from_us) = mpsc::channel();
    let (back, from_them) = mpsc::channel();
    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    ping_pong(
        move || {
            to.send(()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            from_them.recv().map_err(gone)
        },
        move || {
            from_us.recv().map_err(gone)?;
            back.send(()).map_err(|_| io::ErrorKind::BrokenPipe.into())
        },
    )
}

fn udp() -> io::Result<f64> {
    let (here, there) = (
        UdpSocket::bind("127.0.0.1:0")?,
        UdpSocket::bind("127.0.0.1:0")?,
    );
    here.connect(there.local_addr()?)?;
    there.connect(here.local_addr()?)?;
    here.set_read_timeout(TIMEOUT)?;
    // The other side ends when it has heard nothing for a while.
    there.set_read_timeout(Some(Duration::from_millis(100)))?;
    Ok(ping_pong(
        || here.send(b"?").and_then(|_| here.recv(&mut [0])).map(drop),
        || {
            there
                .recv(&mut [0])
                .and_then(|_| there.send(b"!"))
                .map(drop)
        },
    ))
}

fn tcp() -> io::Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut here = TcpStream::connect(listener.local_addr()?)?;
    let (mut there, _) = listener.accept()?;
    for end in [&here, &there] {
        end.set_nodelay(true)?;
        end.set_read_timeout(TIMEOUT)?;
    }
    Ok(ping_pong(
        move || {
            here.write_all(b"?")
                .and_then(|()| here.read_exact(&mut [0]))
        },
        move || {
            there
                .read_exact(&mut [0])
                .and_then(|()| there.write_all(b"!"))
        },
    ))
}

fn connect() -> io::Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    Ok(time(100, || {
        let client = TcpStream::connect(address).expect("we listen");
        let server = listener.accept().expect("a client has connected");
        drop((client, server));
    }))
}

// ANCHOR: light
/// How long light takes through `km` of glass fiber and back, in ms.
fn light(km: f64) -> f64 {
    const IN_VACUUM: f64 = 299_792.458; // km/s, by definition
    const GROUP_INDEX: f64 = 1.468; // of common single-mode fiber
    2.0 * km / (IN_VACUUM / GROUP_INDEX) * 1000.0
}
// ANCHOR_END: light

fn main() -> Result<(), Box<dyn Error>> {
    let mutex = Mutex::new(0);
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    println!("measured here");
    for (what, took) in [
        ("a place in 16 KiB of memory", memory(256)),
        ("a place in 64 MiB of memory", memory(1 << 20)),
        (
            "lock a mutex that is free, and unlock it",
            time(100_000, || *mutex.lock().expect("no panic") += 1),
        ),
        (
            "a system call: getsockname",
            time(10_000, || drop(black_box(socket.local_addr()))),
        ),
        ("to another thread and back", threads()),
        ("UDP to 127.0.0.1 and back", udp()?),
        ("TCP to 127.0.0.1 and back", tcp()?),
        ("open and close a TCP connection there", connect()?),
    ] {
        println!("  {what:<42}{took:>10.1} ns");
    }
    println!("computed: light in fiber, there and back");
    for (what, km) in [
        ("100 km", 100.0),
        ("1,000 km", 1000.0),
        ("6,200 km, Frankfurt to New York", 6200.0),
        ("20,000 km, the far side of the Earth", 20_000.0),
    ] {
        println!("  {what:<42}{:>7.1} ms", light(km));
    }
    Ok(())
}
