//! What a driver does with the first write that the kernel refuses.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ch03_multiplexing::drivers::{self, epoll::Mode};
use ch03_multiplexing::machine::{Id, Machine, Next, Why};
use ch03_multiplexing::table::{Limits, Table};
use socket2::{Domain, SockRef, Socket, Type};

const PATIENCE: Duration = Duration::from_secs(5);

/// What one says goes to the others; the test sees how much came in, and how
/// much waits.
struct Relay {
    table: Table<()>,
    ids: Vec<Id>,
    got: Arc<AtomicUsize>,
    waits: Arc<AtomicUsize>,
}

impl Machine for Relay {
    type Data = ();

    fn table(&mut self) -> &mut Table<()> {
        &mut self.table
    }

    fn connected(&mut self, p: SocketAddr, now: Duration) -> Result<Id, Why> {
        let id = self.table.connect(p, now)?;
        self.ids.push(id);
        Ok(id)
    }

    fn received(&mut self, from: Id, bytes: &[u8], now: Duration) {
        self.table.heard(from, now);
        let piece = Bytes::copy_from_slice(bytes);
        for &id in self.ids.iter().filter(|id| **id != from) {
            assert!(self.table.offer(id, &piece, now), "there is room");
        }
        self.got.fetch_add(bytes.len(), SeqCst);
    }

    fn changed(&mut self, _: Duration) -> Option<(Id, Next)> {
        while self.table.leaving().is_some() {}
        let next = self.table.changed();
        if next.is_none() {
            let all = self.ids.iter().map(|id| self.table.waiting(*id));
            self.waits.store(all.sum(), SeqCst);
        }
        next
    }
}

/// One line at a time, until the kernel has not taken one. After that nobody
/// says anything, and the one who was slow reads.
fn first_refused_write_is_waited_for(mode: Option<Mode>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let buffer = SockRef::from(&listener);
    buffer.set_send_buffer_size(16 * 1024).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = UnixStream::pair().unwrap();
    let (got, waits) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let mut relay = Relay {
        table: Table::new(Limits::default()),
        ids: Vec::new(),
        got: Arc::clone(&got),
        waits: Arc::clone(&waits),
    };
    let server = thread::spawn(move || match mode {
        None => drivers::poll::run(listener, &mut relay, stopped, |_| {}),
        Some(mode) => {
            drivers::epoll::run(listener, &mut relay, mode, stopped, |_| {})
        }
    });
    let slow = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    slow.set_recv_buffer_size(16 * 1024).unwrap();
    slow.connect(&address.into()).unwrap();
    let mut slow = TcpStream::from(slow);
    slow.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut talks = TcpStream::connect(address).unwrap();
    // Both are in the table once the slow one's word has come through.
    slow.write_all(b"x").unwrap();
    talks.set_read_timeout(Some(PATIENCE)).unwrap();
    talks.read_exact(&mut [0; 1]).unwrap();
    let start = Instant::now();
    let mut said = 0;
    while waits.load(SeqCst) == 0 {
        talks.write_all(&[b'x'; 1000]).unwrap();
        said += 1000;
        while got.load(SeqCst) < said + 1 {
            assert!(start.elapsed() < PATIENCE, "the server reads");
            thread::sleep(Duration::from_micros(100));
        }
        // The round ends.
        thread::sleep(Duration::from_millis(1));
    }
    let read = slow.read_exact(&mut vec![0; said]);
    read.unwrap_or_else(|error| panic!("{mode:?}: of {said} bytes: {error}"));
    drop((stop, slow, talks));
    server.join().unwrap().unwrap();
}

#[test]
fn poll() {
    first_refused_write_is_waited_for(None);
}

#[test]
fn level() {
    first_refused_write_is_waited_for(Some(Mode::Level));
}

#[test]
fn edge() {
    first_refused_write_is_waited_for(Some(Mode::Edge));
}

#[test]
fn oneshot() {
    first_refused_write_is_waited_for(Some(Mode::OneShot));
}
