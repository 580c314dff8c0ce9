//! A client that waits for nothing longer than it said.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

// ANCHOR: client
const CONNECT: Duration = Duration::from_secs(3);
const SILENCE: Duration = Duration::from_millis(200);

fn ask(server: SocketAddr, name: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&server, CONNECT)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    writeln!(stream, "{name}")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    if !answer.ends_with('\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(answer)
}
// ANCHOR_END: client

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;

    // The kernel connects us. Nobody accepts, so nobody answers.
    let silent = ask(server, "Ferris");
    println!("nobody accepts:  {:?}", silent.map_err(|e| e.kind()));

    drop(listener);
    let refused = ask(server, "Ferris");
    println!("nobody listens:  {:?}", refused.map_err(|e| e.kind()));
    Ok(())
}
