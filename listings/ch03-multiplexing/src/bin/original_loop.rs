//! The original's loop and its two questions, put to a connection on which
//! `hello` waits.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use socket2::SockRef;

// ANCHOR: questions
/// The original asks for "the size of the receive buffer" and "not closed".
fn read_write_flags(conn: &TcpStream) -> io::Result<(bool, bool)> {
    let size = SockRef::from(conn).recv_buffer_size()?;
    let closed = false;
    Ok((size > 0, !closed))
}

fn is_readable(conn: &TcpStream) -> io::Result<bool> {
    let (read, write) = read_write_flags(conn)?;
    Ok(read && !write)
}
// ANCHOR_END: questions

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.write_all(b"hello")?;
    let (mut conn, _) = listener.accept()?;
    let waiting = conn.peek(&mut [0; 16])?;
    println!("{waiting} bytes wait to be read");
    // ANCHOR: loop
    let (mut rounds, mut bytes) = (0_u64, 0);
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(50) {
        rounds += 1;
        if is_readable(&conn)? {
            bytes += conn.read(&mut [0; 1024])?;
        }
    }
    println!("{rounds} rounds, {bytes} bytes read");
    // ANCHOR_END: loop
    Ok(())
}
