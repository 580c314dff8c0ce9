//! One descriptor kept in reserve, to say no with.

use std::fs::File;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};

use ch03_sockets::server::system::leave_room_for;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    leave_room_for(1)?;

    // ANCHOR: reserve
    let mut reserve = Some(File::open("/dev/null")?);
    if let Err(error) = listener.accept() {
        println!("accept: {error}");
        reserve.take(); // Frees a descriptor, if no other thread takes it.
        let (refused, _) = listener.accept()?;
        drop(refused);
        reserve = Some(File::open("/dev/null")?);
    }
    // ANCHOR_END: reserve
    let mut answer = String::new();
    let read = client.read_to_string(&mut answer)?;
    println!("the client reads {read} bytes and the end");
    println!("in reserve again: {}", reserve.is_some());
    Ok(())
}
