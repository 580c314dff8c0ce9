//! A thousand pieces written one by one, sixteen at a time, and all at once:
//! how many system calls each takes.

use std::io::{self, IoSlice, Write};
use std::net::{TcpListener, TcpStream};

use bytes::Bytes;
use ch03_multiplexing::outgoing::Outgoing;

// ANCHOR: write
/// Writes what waits, at most `N` pieces a call, and counts the calls.
fn write_all<const N: usize>(mut socket: &TcpStream) -> io::Result<usize> {
    let mut queue = Outgoing::default();
    for n in 0..1000 {
        queue.push(Bytes::from(format!("message {n}\n")));
    }
    let mut calls = 0;
    while !queue.is_empty() {
        let mut slices = [IoSlice::new(&[]); N];
        let count = queue.slices(&mut slices);
        let taken = socket.write_vectored(&slices[..count])?;
        calls += 1;
        queue.advance(taken);
    }
    Ok(calls)
}
// ANCHOR_END: write

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    // Somebody has to read.
    let reader = std::thread::spawn(move || {
        io::copy(&mut server, &mut io::sink()) // until the client's end
    });
    println!("   1 a call: {:4} calls", write_all::<1>(&client)?);
    println!("  16 a call: {:4} calls", write_all::<16>(&client)?);
    println!("1000 a call: {:4} calls", write_all::<1000>(&client)?);
    drop(client);
    let read = reader.join().expect("io::copy does not panic")?;
    println!("the peer has read {read} bytes");
    Ok(())
}
