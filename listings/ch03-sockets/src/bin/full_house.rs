//! The third client of a server for two: left in the queue, or told.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use ch03_sockets::frame::Lines;
use ch03_sockets::server::{Config, Overflow, threads};

fn hear(client: &TcpStream) -> io::Result<String> {
    client.set_read_timeout(Some(Duration::from_millis(200)))?;
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?;
    Ok(line)
}

fn ask(client: &TcpStream) -> io::Result<String> {
    { client }.write_all(b"hello\n")?;
    hear(client)
}

// ANCHOR: clients
fn three_clients(server: SocketAddr) -> io::Result<()> {
    let first = TcpStream::connect(server)?;
    let second = TcpStream::connect(server)?;
    println!("  first: {:?}", ask(&first)?);
    println!("  second: {:?}", ask(&second)?);
    let third = TcpStream::connect(server)?;
    println!("  third: connected");
    match hear(&third) {
        Ok(line) => println!("  third: {line:?}"),
        Err(error) => {
            println!("  third: {:?}", error.kind());
            drop(first);
            println!("  third, once the first left: {:?}", ask(&third)?);
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    for overflow in [Overflow::Wait, Overflow::Refuse] {
        let config = Config {
            max_connections: 2,
            overflow,
            refusal: b"busy, try again\n",
            ..Config::default()
        };
        println!("{overflow:?}");
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = listener.local_addr()?;
        let (trigger, stop) = UnixStream::pair()?;
        let running = thread::spawn(move || {
            let upper = |_: &_, line: &[u8]| line.to_ascii_uppercase();
            threads::run(listener, stop, config, Lines::new(80), upper)
        });
        three_clients(server)?;
        drop(trigger);
        println!("  {}", running.join().expect("run does not panic")?);
    }
    Ok(())
}
// ANCHOR_END: clients
