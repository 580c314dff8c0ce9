//! Three peers fall silent in three ways, and `read` tells them apart.

use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use socket2::SockRef;

// ANCHOR: original
/// What the original's server makes of what `read` returned.
fn original(result: &io::Result<usize>) -> &'static str {
    match result {
        Ok(0) | Err(_) => "the end",
        Ok(_) => "a message",
    }
}
// ANCHOR_END: original

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let connect = || -> io::Result<(TcpStream, TcpStream)> {
        let client = TcpStream::connect(listener.local_addr()?)?;
        let (server, _) = listener.accept()?;
        Ok((client, server))
    };

    // ANCHOR: ends
    let (client, closed) = connect()?;
    drop(client); // The kernel sends a FIN.

    let (client, reset) = connect()?;
    SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
    drop(client); // The kernel sends a RST.

    let (_client, silent) = connect()?; // Nothing is sent.
    silent.set_read_timeout(Some(Duration::from_millis(100)))?;
    // ANCHOR_END: ends

    println!("{:<10} {:<21} the original", "the peer", "read returned");
    for (peer, mut stream) in
        [("closed", closed), ("reset", reset), ("is silent", silent)]
    {
        let result = stream.read(&mut [0; 1024]);
        let shown = match &result {
            Ok(n) => format!("Ok({n})"),
            Err(e) => format!("Err({:?})", e.kind()),
        };
        println!("{peer:<10} {shown:<21} {}", original(&result));
    }
    Ok(())
}
