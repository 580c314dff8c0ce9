//! The original's first program, ported: a thread for each client, and no
//! line that closes a connection.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

// ANCHOR: server
fn handle_connection(mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(300)))?;
    let mut buf = [0; 1024];
    loop {
        let n = stream.read(&mut buf)?;
        if n == 0 {
            return Ok(());
        }
        println!("Received: {}", String::from_utf8_lossy(&buf[..n]));
        stream.write_all(b"Hello!")?;
    }
}

fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        thread::spawn(|| handle_connection(stream));
    }
}
// ANCHOR_END: server

/// What a client reads until the connection ends; it gives up after five
/// seconds.
fn hear(mut stream: TcpStream) -> io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut heard = String::new();
    stream.read_to_string(&mut heard)?;
    Ok(heard)
}

fn clients(server: SocketAddr) -> io::Result<()> {
    let mut polite = TcpStream::connect(server)?;
    polite.write_all(b"I am Ferris.")?;
    polite.shutdown(Shutdown::Write)?;
    println!("polite client: {:?}, then the end", hear(polite)?);

    let silent = TcpStream::connect(server)?;
    println!("silent client: {:?}, then the end", hear(silent)?);
    Ok(())
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    thread::spawn(move || serve(&listener));
    clients(server)
}
