//! A request in two small writes, a request in two small writes with
//! TCP_NODELAY, and a request in one write: how long is each answer away?

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const HEAD: &[u8] = b"length 5\n";
const BODY: &[u8] = b"hello";

// ANCHOR: request
fn two_writes(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(HEAD)?;
    stream.write_all(BODY)
}

fn one_write(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(&[HEAD, BODY].concat())
}

/// The median of the time from a request to the end of its answer.
fn median_time(
    nodelay: bool,
    request: fn(&mut TcpStream) -> io::Result<()>,
) -> io::Result<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.set_nodelay(nodelay)?;
    let (mut server, _) = listener.accept()?;
    let answering = thread::spawn(move || {
        let mut message = [0; HEAD.len() + BODY.len()];
        while server.read_exact(&mut message).is_ok() {
            if server.write_all(b"ok").is_err() {
                break;
            }
        }
    });

    let mut times = Vec::new();
    for _ in 0..15 {
        let start = Instant::now();
        request(&mut client)?;
        client.read_exact(&mut [0; 2])?;
        times.push(start.elapsed());
    }
    drop(client);
    answering.join().expect("the server does not panic");
    times.sort();
    Ok(times[times.len() / 2])
}
// ANCHOR_END: request

// ANCHOR: main
fn main() -> io::Result<()> {
    let show = |name: &str, median: Duration| {
        let class = match median.as_millis() {
            0..20 => "under 20 ms",
            20.. => "20 ms or more",
        };
        println!("{name:27}{class}");
    };
    println!("median of 15 answers");
    show("two writes", median_time(false, two_writes)?);
    show("two writes, TCP_NODELAY", median_time(true, two_writes)?);
    show("one write", median_time(false, one_write)?);
    Ok(())
}
// ANCHOR_END: main
