//! One write, many reads: no read returns more than its buffer holds.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;

    let message = [b'x'; 20_000];
    client.write_all(&message)?;
    drop(client);

    wait_for(message.len(), &server)?;
    let mut buf = [0; 8 * 1024];
    loop {
        let n = server.read(&mut buf)?;
        if n == 0 {
            return Ok(());
        }
        println!("read {n} bytes");
    }
}

/// Returns once `n` bytes wait in the receive buffer.
fn wait_for(n: usize, stream: &TcpStream) -> io::Result<()> {
    while stream.peek(&mut vec![0; n])? < n {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
