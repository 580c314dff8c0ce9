//! The number of bytes read, taken for granted.

use std::io::Read;
use std::net::TcpStream;

// ANCHOR: read
fn first_bytes(stream: &mut TcpStream) -> Vec<u8> {
    let mut buf = [0; 1024];
    let n: usize = stream.read(&mut buf);
    buf[..n].to_vec()
}
// ANCHOR_END: read

fn main() -> std::io::Result<()> {
    let (_clients, mut streams) = ch01_background::greetings::connections()?;
    println!("{:?}", first_bytes(&mut streams[0]));
    Ok(())
}
