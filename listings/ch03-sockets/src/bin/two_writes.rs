//! Two writes, one read: where a write ended does not travel.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;

    client.write_all(b"hello")?;
    client.write_all(b"world")?;
    drop(client);

    wait_for(10, &server)?;
    let mut buf = [0; 1024];
    loop {
        let n = server.read(&mut buf)?;
        if n == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&buf[..n]);
        println!("read {n} bytes: {text:?}");
    }
}

/// Returns once `n` bytes wait in the receive buffer: a busy server.
fn wait_for(n: usize, stream: &TcpStream) -> io::Result<()> {
    while stream.peek(&mut vec![0; n])? < n {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
