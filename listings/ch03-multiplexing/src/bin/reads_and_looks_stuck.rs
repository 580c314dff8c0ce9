//! How much a peer has to read before a full socket takes bytes again.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::SockRef;

// ANCHOR: full
/// Fills the socket, then lets the peer read a little at a time until `poll`
/// calls the socket writable. Returns how much the kernels took, and how
/// much of it the peer had to read.
fn try_it(send_buffer: Option<usize>) -> io::Result<(usize, usize)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    if let Some(size) = send_buffer {
        // Sockets that are accepted inherit it.
        SockRef::from(&listener).set_send_buffer_size(size)?;
    }
    let mut peer = TcpStream::connect(listener.local_addr()?)?;
    peer.set_read_timeout(Some(Duration::from_secs(5)))?;
    let (mut socket, _) = listener.accept()?;
    socket.set_nonblocking(true)?;
    let (mut taken, mut read) = (0, 0);
    loop {
        match socket.write(&[b'x'; 64 * 1024]) {
            Ok(count) => taken += count,
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    let mut buffer = [0; 4096];
    while !is_writable(&socket)? {
        read += peer.read(&mut buffer)?;
        sleep(Duration::from_micros(100)); // For the acknowledgment.
    }
    Ok((taken, read))
}
// ANCHOR_END: full

fn is_writable(socket: &TcpStream) -> io::Result<bool> {
    let mut fds = [PollFd::new(socket, PollFlags::OUT)];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    Ok(poll(&mut fds, Some(&at_once))? > 0)
}

fn main() -> io::Result<()> {
    for (what, size) in [("default", None), ("64 KiB", Some(64 * 1024))] {
        let (taken, read) = try_it(size)?;
        let (taken, read) = (taken / 1024, read / 1024);
        println!("send buffer {what}: {taken} KiB taken, {read} KiB read");
    }
    Ok(())
}
