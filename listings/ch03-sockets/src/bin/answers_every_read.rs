//! The original's server, ported: it says "Hello!" after every `read`.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

// ANCHOR: server
fn handle_connection(mut stream: TcpStream) {
    let mut buf = [0; 1024];
    loop {
        let n = match stream.read(&mut buf) {
            Ok(0) | Err(_) => break,
            Ok(n) => n,
        };
        println!("  server read {:?}", String::from_utf8_lossy(&buf[..n]));
        let _ = stream.write(b"Hello!");
    }
}

fn serve(listener: TcpListener) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        thread::spawn(move || handle_connection(stream));
    }
}
// ANCHOR_END: server

// ANCHOR: client
fn talk(server: SocketAddr, writes: &[&str]) -> io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    for part in writes {
        stream.write_all(part.as_bytes())?;
        let mut answer = [0; 6];
        stream.read_exact(&mut answer)?;
        println!("  client got  {:?}", String::from_utf8_lossy(&answer));
    }
    stream.shutdown(Shutdown::Write)?;
    let mut rest = String::new();
    stream.read_to_string(&mut rest)?;
    println!("  client got  {rest:?}, then the end");
    Ok(())
}
// ANCHOR_END: client

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    thread::spawn(|| serve(listener));

    // ANCHOR: conversations
    println!("one message, one write:");
    talk(server, &["I am Ferris.\n"])?;
    println!("one message, two writes:");
    talk(server, &["I am ", "Ferris.\n"])?;
    println!("two messages, one write:");
    talk(server, &["I am Ferris.\nAre you there?\n"])
    // ANCHOR_END: conversations
}
