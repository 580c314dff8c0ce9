//! One silent client blocks a server that takes its clients one at a time,
//! and not one that gives each a thread.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use ch03_sockets::greeter::{Error, greet};

// ANCHOR: one
fn one_at_a_time(listener: TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        let _ = converse(stream?);
    }
    Ok(())
}
// ANCHOR_END: one

// ANCHOR: each
fn a_thread_each(listener: TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || converse(stream));
    }
    Ok(())
}
// ANCHOR_END: each

fn converse(stream: TcpStream) -> Result<u64, Error> {
    greet(BufReader::new(&stream), &stream)
}

/// Sends a name and waits for the greeting, 200 ms at most.
fn ask(stream: &TcpStream, name: &str) -> io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    writeln!(&mut &*stream, "{name}")?;
    hear(stream)
}

fn hear(stream: &TcpStream) -> io::Result<String> {
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(answer)
}

// ANCHOR: scenario
fn scenario(server: SocketAddr) -> io::Result<()> {
    let slow = TcpStream::connect(server)?;
    let quick = TcpStream::connect(server)?;

    // `slow` is connected and says nothing.
    match ask(&quick, "Ferris") {
        Ok(answer) => println!("  to Ferris: {answer:?}"),
        Err(e) => println!("  to Ferris: {:?}, after 200 ms", e.kind()),
    }
    drop(slow);
    println!("  the slow client hangs up");
    println!("  to Corro:  {:?}", ask(&quick, "Corro")?);
    Ok(())
}
// ANCHOR_END: scenario

fn main() -> io::Result<()> {
    for (name, serve) in [
        ("one at a time", one_at_a_time as fn(_) -> _),
        ("a thread each", a_thread_each),
    ] {
        println!("{name}:");
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = listener.local_addr()?;
        thread::spawn(move || serve(listener));
        scenario(server)?;
    }
    Ok(())
}
