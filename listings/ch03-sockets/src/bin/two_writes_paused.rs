//! The same two writes, with a pause: two reads.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;

    let (has_read, pause) = mpsc::channel();
    let reader = thread::spawn(move || -> io::Result<()> {
        let mut buf = [0; 1024];
        loop {
            let n = server.read(&mut buf)?;
            if n == 0 {
                return Ok(());
            }
            let text = String::from_utf8_lossy(&buf[..n]);
            println!("read {n} bytes: {text:?}");
            let _ = has_read.send(());
        }
    });

    client.write_all(b"hello")?;
    // As long as it takes: a sleep would only make it likely.
    let _ = pause.recv();
    client.write_all(b"world")?;
    drop(client);
    reader.join().expect("the reader does not panic")
}
