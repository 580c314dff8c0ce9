//! Clients to greet, and their greeting: what the programs that count share.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

/// How many clients there are.
pub const CLIENTS: usize = 4;

/// [`CLIENTS`] connections, each by its two ends: the clients', which have
/// connected, and the server's, which wait for their greeting.
///
/// # Errors
/// What the sockets report.
pub fn connections() -> io::Result<(Vec<TcpStream>, Vec<TcpStream>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut clients = Vec::new();
    let mut streams = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(TcpStream::connect(address)?);
        streams.push(listener.accept()?.0);
    }
    Ok((clients, streams))
}

/// Says `Hello!` and hangs up.
pub fn greet(mut stream: TcpStream) {
    // A client that has left misses its greeting; nobody else does.
    let _ = stream.write_all(b"Hello!");
}

/// How many of `clients` were greeted.
///
/// # Errors
/// What the sockets report.
pub fn greeted(clients: Vec<TcpStream>) -> io::Result<usize> {
    let mut greeted = 0;
    for mut client in clients {
        let mut heard = String::new();
        client.read_to_string(&mut heard)?;
        greeted += usize::from(heard == "Hello!");
    }
    Ok(greeted)
}
