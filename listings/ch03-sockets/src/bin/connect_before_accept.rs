//! A connection exists before anybody accepts it, and after its client left.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

// ANCHOR: main
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    let mut client = TcpStream::connect(listener.local_addr()?)?;
    println!(
        "connected: {} → {}",
        client.local_addr()?,
        client.peer_addr()?
    );
    client.write_all(b"Is anybody there?\n")?;
    println!("wrote 18 bytes");
    drop(client);
    println!("hung up");

    let (mut stream, peer) = listener.accept()?;
    println!("accepted {peer}, on {}", stream.local_addr()?);
    let mut heard = String::new();
    stream.read_to_string(&mut heard)?;
    println!("heard {heard:?}");
    Ok(())
}
// ANCHOR_END: main
