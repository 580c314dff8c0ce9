//! The greeter answers every line, however the bytes of it arrive, and says
//! how each conversation ended.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use ch03_sockets::greeter::greet;

fn talk(server: SocketAddr, writes: &[&str]) -> io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    for part in writes {
        stream.write_all(part.as_bytes())?;
    }
    stream.shutdown(Shutdown::Write)?;
    let mut answers = String::new();
    stream.read_to_string(&mut answers)?;
    println!("{writes:?}\n  client got {answers:?}");
    Ok(())
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    let (log, ends) = mpsc::channel();

    // ANCHOR: server
    thread::spawn(move || -> io::Result<()> {
        loop {
            let (stream, peer) = listener.accept()?;
            let end = match greet(BufReader::new(&stream), &stream) {
                Ok(lines) => format!("{peer}: {lines} answered"),
                Err(error) => format!("{peer}: {error}"),
            };
            let _ = log.send(end);
        }
    });
    // ANCHOR_END: server

    let conversations: [&[&str]; 4] = [
        &["Ferris\n"],
        &["Fer", "ris\n"],
        &["Ferris\nCorro\n"],
        &["Ferris\nCor"],
    ];
    for writes in conversations {
        talk(server, writes)?;
        println!("  the log has {}", ends.recv().unwrap_or_default());
    }
    Ok(())
}
