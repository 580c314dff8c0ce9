//! One way to do it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;

/// See `yours`.
///
/// # Errors
/// What the socket reports, and `InvalidData` if the server sends more than
/// `limit` bytes.
pub fn exchange(
    server: SocketAddr,
    request: &[u8],
    limit: usize,
) -> io::Result<Vec<u8>> {
    let stream = TcpStream::connect(server)?;
    thread::scope(|scope| {
        // A thread of its own: while the server waits for us to read, it
        // does not read, and a write here would wait for it.
        let sender = scope.spawn(|| {
            (&stream).write_all(request)?;
            stream.shutdown(Shutdown::Write)
        });
        let response = read_at_most(&stream, limit);
        if response.is_err() {
            // Nobody reads any more: a sender that waits would wait for ever.
            let _ = stream.shutdown(Shutdown::Both);
        }
        let sent = sender.join().expect("the sender does not panic");
        let response = response?;
        sent.map(|()| response)
    })
}

fn read_at_most(stream: &TcpStream, limit: usize) -> io::Result<Vec<u8>> {
    let mut response = Vec::new();
    stream.take(limit as u64 + 1).read_to_end(&mut response)?;
    if response.len() > limit {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(response)
}
