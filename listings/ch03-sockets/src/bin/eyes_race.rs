//! A name with two addresses, one of which swallows every SYN: one after the
//! other, and as a race.

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use ch03_sockets::happy_eyeballs::black_hole::BlackHole;
use ch03_sockets::happy_eyeballs::{Config, asynchronous, blocking};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Err(error) = TcpListener::bind("[::1]:0") {
        println!("this host has no IPv6 loopback: {error}");
        return Ok(());
    }
    let hole = BlackHole::open("[::1]:0".parse()?)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let addresses = [hole.addr(), listener.local_addr()?];

    // ANCHOR: race
    println!("one after the other, half a second each:");
    for addr in addresses {
        let patience = Duration::from_millis(500);
        match TcpStream::connect_timeout(&addr, patience) {
            Ok(_) => println!("  {addr}: connected"),
            Err(error) => println!("  {addr}: {error}"),
        }
    }

    let config = Config::default();
    let start = Instant::now();
    let limit = Duration::from_secs(5);
    let stream = blocking::connect(&addresses, config, limit)?;
    report("threads", &stream, start);

    let start = Instant::now();
    let stream = asynchronous::connect(&addresses, config).await?;
    report("tokio", &stream.into_std()?, start);
    // ANCHOR_END: race
    Ok(())
}

fn report(driver: &str, stream: &TcpStream, start: Instant) {
    let took = start.elapsed();
    let peer = stream.peer_addr().expect("the stream is connected");
    let in_time = Duration::from_millis(250)..Duration::from_secs(1);
    println!("a race, on {driver}: {peer}");
    println!(
        "  after 250 ms, before a second: {}",
        in_time.contains(&took)
    );
}
