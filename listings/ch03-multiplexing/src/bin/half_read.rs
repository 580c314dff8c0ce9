//! mio says that there are bytes; some of them are left. Does it say so again?

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use mio::{Events, Interest, Poll, Token};

// ANCHOR: ask
/// Asks mio once, and shows the answer.
fn ask(poll: &mut Poll) -> std::io::Result<()> {
    let mut events = Events::with_capacity(8);
    poll.poll(&mut events, Some(Duration::from_millis(200)))?;
    match events.iter().next() {
        Some(event) if event.is_readable() => println!("  mio: readable"),
        Some(event) => println!("  mio: {event:?}"),
        None => println!("  mio: nothing in 200 ms"),
    }
    Ok(())
}
// ANCHOR_END: ask

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.set_nodelay(true)?;
    let (server, _) = listener.accept()?;
    server.set_nonblocking(true)?;

    // ANCHOR: main
    let mut poll = Poll::new()?;
    let mut server = mio::net::TcpStream::from_std(server);
    let registry = poll.registry();
    registry.register(&mut server, Token(7), Interest::READABLE)?;
    let mut buffer = [0; 5];

    client.write_all(b"hello, world")?;
    println!("12 bytes sent");
    ask(&mut poll)?;
    let count = server.read(&mut buffer)?;
    println!("read {:?}", str::from_utf8(&buffer[..count])?);
    ask(&mut poll)?;

    client.write_all(b"!")?;
    println!("1 byte sent");
    ask(&mut poll)?;
    loop {
        match server.read(&mut buffer) {
            Ok(n) => println!("read {:?}", str::from_utf8(&buffer[..n])?),
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error.into()),
        }
    }
    println!("WouldBlock");

    client.write_all(b"?")?;
    println!("1 byte sent");
    ask(&mut poll)?;
    // ANCHOR_END: main
    Ok(())
}
