//! A server that is told to stop while three clients are connected.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use ch03_sockets::frame::Lines;
use ch03_sockets::server::{Config, threads};

fn ask(client: &TcpStream, bytes: &[u8]) -> io::Result<String> {
    { client }.write_all(bytes)?;
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?;
    Ok(line)
}

// ANCHOR: drain
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (trigger, stop) = UnixStream::pair()?;
    let config = Config {
        drain: Duration::from_millis(500),
        ..Config::default()
    };
    let server = thread::spawn(move || {
        let upper = |_: &_, line: &[u8]| line.to_ascii_uppercase();
        threads::run(listener, stop, config, Lines::new(80), upper)
    });
    let clients: [TcpStream; 3] =
        [(); 3].map(|()| TcpStream::connect(address).expect("it listens"));
    let [mut idle, mut busy, mut stalled] = clients;
    for client in [&idle, &busy, &stalled] {
        println!("before: {:?}", ask(client, b"one\n")?);
    }
    busy.write_all(b"tw")?;
    stalled.write_all(b"tw")?;

    trigger.shutdown(std::net::Shutdown::Both)?;
    println!("idle: {} bytes, then the end", idle.read(&mut [0])?);
    println!("a new client: {:?}", TcpStream::connect(address).is_ok());
    println!("busy: {:?}", ask(&busy, b"o\n")?);
    println!("busy: {} bytes, then the end", busy.read(&mut [0])?);
    println!("stalled: {} bytes, then the end", stalled.read(&mut [0])?);
    println!("{}", server.join().expect("run does not panic")?);
    Ok(())
}
// ANCHOR_END: drain
