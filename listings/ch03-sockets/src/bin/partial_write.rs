//! `write` takes what fits and says how much that was.

use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    let message = vec![b'x'; 64 << 20];

    client.set_nonblocking(true)?;
    let mut accepted = client.write(&message)?;
    println!("offered {} bytes, {accepted} accepted", message.len());
    // The kernel moves bytes on to the receiver for a moment; then both
    // sides' buffers are full.
    loop {
        match client.write(&message[accepted..]) {
            Ok(n) => accepted += n,
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(e) => return Err(e),
        }
    }
    println!("then: {:?}", ErrorKind::WouldBlock);

    client.set_nonblocking(false)?;
    let reader = thread::spawn(move || -> io::Result<u64> {
        io::copy(&mut server, &mut io::sink())
    });
    client.write_all(&message[accepted..])?;
    drop(client);
    let arrived = reader.join().expect("the reader does not panic")?;
    println!("with write_all: {arrived} bytes arrived");
    Ok(())
}
