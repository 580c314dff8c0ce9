//! A server that ends with the first connection it cannot accept.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use ch03_sockets::server::system::leave_room_for;

// ANCHOR: serve
fn serve(listener: TcpListener) -> io::Result<()> {
    let mut connections = Vec::new();
    for stream in listener.incoming() {
        let mut stream = stream?;
        stream.write_all(b"hello\n")?;
        connections.push(stream);
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(TcpStream::connect(address)?);
    }
    // As if many others were connected already.
    leave_room_for(3)?;
    println!("the server ended: {:?}", serve(listener));
    for (client, number) in clients.iter_mut().zip(1..) {
        let mut said = String::new();
        let end = client.read_to_string(&mut said);
        println!("client {number}: {said:?}, then {end:?}");
    }
    drop(clients);
    let late = TcpStream::connect(address);
    println!("a client after all have left: {late:?}");
    Ok(())
}
// ANCHOR_END: serve
