//! A greeting for a connection that was closed.

use std::io::{self, Write};
use std::net::TcpStream;

// ANCHOR: use
fn greet_late(mut stream: TcpStream) -> io::Result<()> {
    drop(stream);
    stream.write_all(b"Hello!")
}
// ANCHOR_END: use

fn main() -> io::Result<()> {
    let (clients, mut streams) = ch01_background::greetings::connections()?;
    greet_late(streams.remove(0))?;
    ch01_background::greetings::greeted(clients).map(drop)
}
