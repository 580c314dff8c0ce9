//! The client's side: connections, and messages that go back and forth.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use socket2::{Domain, Socket, Type};

use crate::c10k::MESSAGE;
use crate::c10k::servers::round_trip;

/// Source addresses in use: 127.0.0.1 and the next ones. Each has a range of
/// ports of its own.
const SOURCES: usize = 8;
/// Nothing takes longer than this.
const PATIENCE: Duration = Duration::from_secs(20);

// ANCHOR: open
/// Opens `count` connections to `server`, from several addresses, and waits
/// until each is served.
///
/// # Errors
/// When one is not.
pub fn open(server: SocketAddr, count: usize) -> io::Result<Vec<TcpStream>> {
    let open = |n: usize| {
        let last = u8::try_from(n % SOURCES + 1).expect("a few");
        let source = SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0));
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&source.into())?;
        socket.connect(&server.into())?;
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        round_trip(&stream)?;
        Ok(stream)
    };
    (0..count).map(open).collect()
}
// ANCHOR_END: open

/// What the active connections got.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Round trips a second, all connections together.
    pub rate: f64,
    /// 99 of 100 took no longer than this, in microseconds.
    pub p99: f64,
}

// ANCHOR: busy
/// For `time`, each connection sends a message as soon as the last one has
/// come back.
///
/// # Errors
/// When one does not.
pub fn busy(streams: &[TcpStream], time: Duration) -> io::Result<Load> {
    let set = epoll::create(CreateFlags::CLOEXEC)?;
    let start = Instant::now();
    let mut sent = vec![start; streams.len()];
    let mut took = Vec::new();
    for (n, mut stream) in streams.iter().enumerate() {
        epoll::add(&set, stream, EventData::new_u64(n as u64), EventFlags::IN)?;
        sent[n] = Instant::now();
        stream.write_all(&[1; MESSAGE])?;
    }
    let mut left = streams.len();
    let mut events = Vec::with_capacity(64);
    let patience = Timespec::try_from(PATIENCE).expect("seconds");
    while left > 0 {
        let buffer = rustix::buffer::spare_capacity(&mut events);
        match epoll::wait(&set, buffer, Some(&patience)) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in events.drain(..) {
            let n = event.data.u64() as usize;
            let mut stream = &streams[n];
            stream.read_exact(&mut [0; MESSAGE])?;
            took.push(sent[n].elapsed());
            if start.elapsed() < time {
                sent[n] = Instant::now();
                stream.write_all(&[1; MESSAGE])?;
            } else {
                left -= 1;
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    took.sort_unstable();
    let p99 = took[took.len() * 99 / 100];
    Ok(Load {
        rate: took.len() as f64 / seconds,
        p99: p99.as_secs_f64() * 1e6,
    })
}
// ANCHOR_END: busy
