//! Out of descriptors: trying again at once, and trying again later.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use ch03_sockets::backoff::Backoff;
use ch03_sockets::server::system::leave_room_for;

const MS: Duration = Duration::from_millis(1);

// ANCHOR: spin
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let _clients = [TcpStream::connect(address)?, TcpStream::connect(address)?];
    leave_room_for(1)?;
    let (first, _) = listener.accept()?;

    // The original's answer to an error: continue.
    let start = Instant::now();
    let tries = 10_000;
    let failures = (0..tries).filter(|_| listener.accept().is_err()).count();
    println!("continue: {failures} failures in {:?}", start.elapsed());

    let mut backoff = Backoff::new(5 * MS, 1000 * MS, u32::MAX);
    let mut first = Some(first);
    for failures in 0.. {
        let Err(error) = listener.accept() else {
            println!("accepted, after {failures} failures");
            break;
        };
        let wait = backoff.try_again().expect("as many tries as it takes");
        println!("{error}: wait {wait:?}");
        sleep(wait);
        if failures == 3 {
            first.take(); // The first connection is closed.
        }
    }
    Ok(())
}
// ANCHOR_END: spin
