//! How many addresses `localhost` has, and in which order: ask your system.

use std::io;
use std::net::ToSocketAddrs;

fn main() -> io::Result<()> {
    println!("localhost:80 is");
    for addr in "localhost:80".to_socket_addrs()? {
        println!("  {addr}");
    }
    Ok(())
}
