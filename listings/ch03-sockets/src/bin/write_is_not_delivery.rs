//! `write` returns `Ok` for bytes that nobody will ever read.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;

    // ANCHOR: write
    let (server, _) = listener.accept()?;
    drop(server);

    let n = client.read(&mut [0; 16])?;
    println!("read: Ok({n}), so the server has closed its end");
    println!("first write: {:?}", client.write(b"ship two tons\n"));

    // The answer to that write is a RST. Its way back takes time.
    let error = loop {
        if let Err(error) = client.write(b"to Hamburg\n") {
            break error;
        }
    };
    println!("a later write: Err({:?})", error.kind());
    // ANCHOR_END: write
    Ok(())
}
