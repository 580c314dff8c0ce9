//! A stream socket: two writes, and what the other end reads.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.write_all(b"one")?;
    client.write_all(b"two")?;
    client.shutdown(Shutdown::Write)?;

    let (mut server, _) = listener.accept()?;
    let mut text = String::new();
    server.read_to_string(&mut text)?;
    println!("{text:?}, then the end");
    Ok(())
}
