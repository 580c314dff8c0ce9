//! What a program sees of resets: at a closed port, from a peer that has
//! closed, and from a peer that has reset the connection.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use socket2::SockRef;

fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    Ok((client, listener.accept()?.0))
}

fn show(call: &str, outcome: io::Result<usize>) {
    match outcome {
        Ok(n) => println!("  {call:15}Ok({n})"),
        Err(e) => println!("  {call:15}{:?}: {e}", e.kind()),
    }
}

// ANCHOR: main
fn main() -> io::Result<()> {
    println!("nobody listens");
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    show("connect", TcpStream::connect(free).map(|_| 0));

    println!("the peer has closed");
    let (mut client, server) = pair()?;
    drop(server);
    show("read", client.read(&mut [0; 8]));
    show("write", client.write(b"hello"));
    let later = loop {
        // Until the RST has come back that the first write provoked.
        if let Err(e) = client.write(b"hello") {
            break e;
        }
    };
    show("a later write", Err(later));

    println!("the peer has reset");
    let (mut client, server) = pair()?;
    SockRef::from(&server).set_linger(Some(Duration::ZERO))?;
    drop(server);
    show("read", client.read(&mut [0; 8]));
    show("read", client.read(&mut [0; 8]));
    show("write", client.write(b"hello"));
    Ok(())
}
// ANCHOR_END: main
