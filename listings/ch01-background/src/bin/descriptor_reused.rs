//! What a number that names a connection names after the connection is
//! closed.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;

// ANCHOR: main
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (_ann, _ben) =
        (TcpStream::connect(address)?, TcpStream::connect(address)?);

    let (for_ann, _) = listener.accept()?;
    let remembered = for_ann.as_raw_fd();
    drop(for_ann);

    let (for_ben, _) = listener.accept()?;
    let same = for_ben.as_raw_fd() == remembered;
    println!("Ann's number names Ben's connection: {same}");
    Ok(())
}
// ANCHOR_END: main
