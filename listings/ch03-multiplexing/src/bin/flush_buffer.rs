//! What the original left empty: `flushBuffer`, and the wait it needs.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use bytes::Bytes;
use ch03_multiplexing::outgoing::Outgoing;
use rustix::event::{PollFd, PollFlags, poll};

// ANCHOR: flush
/// Writes what waits, until there is nothing left or the socket is full. Says
/// whether everything is written.
fn flush(mut socket: &TcpStream, queue: &mut Outgoing) -> io::Result<bool> {
    while !queue.is_empty() {
        let mut slices = [IoSlice::new(&[]); 16];
        let count = queue.slices(&mut slices);
        match socket.write_vectored(&slices[..count]) {
            Ok(taken) => queue.advance(taken),
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
// ANCHOR_END: flush

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (socket, _) = listener.accept()?;
    socket.set_nonblocking(true)?;
    let mut queue = Outgoing::default();
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    for _ in 0..512 {
        queue.push(piece.clone());
    }
    let all = flush(&socket, &mut queue)?;
    println!("the client sleeps: all written: {all}");
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).map(|count| count >> 20)
    });
    // ANCHOR: wait
    let mut waits = 0;
    while !flush(&socket, &mut queue)? {
        let mut fds = [PollFd::new(&socket, PollFlags::OUT)];
        poll(&mut fds, None)?;
        waits += 1;
    }
    // ANCHOR_END: wait
    drop(socket);
    let read = reader.join().expect("reading does not panic")?;
    println!("the client reads: {read} MiB, after {waits} waits");
    Ok(())
}
