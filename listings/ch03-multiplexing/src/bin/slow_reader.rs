//! Three in a room, one of them does not read, under both policies.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use ch03_multiplexing::chat::{Chat, Policy};
use ch03_multiplexing::drivers::poll;
use ch03_multiplexing::table::Limits;
use socket2::{Domain, SockRef, Socket, Type};

/// So many lines of 1 KiB, about, are said.
const SAID: usize = 1500;

/// A client that has told its name. Its receive buffer is small: what the
/// kernel holds for it is out of the server's sight.
fn guest(
    address: SocketAddr,
    name: &str,
) -> io::Result<(TcpStream, impl Iterator<Item = String>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(16 * 1024)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut lines = BufReader::new(stream.try_clone()?)
        .lines()
        .map_while(Result::ok);
    writeln!(stream, "{name}")?;
    // The greeting, and who is here.
    let _ = (lines.next(), lines.next());
    Ok((stream, lines))
}

// ANCHOR: room
fn show(address: SocketAddr) -> io::Result<()> {
    let (mut ann, _ann_hears) = guest(address, "ann")?;
    let (_bob, mut bob_hears) = guest(address, "bob")?;
    let (deaf, deaf_hears) = guest(address, "deaf")?;
    let mut heard = 0;
    for n in 0..SAID {
        // Ann waits until bob has heard her: only deaf is slow.
        let line = format!("{n:01000}\n");
        ann.write_all(line.as_bytes())?;
        let said = format!("<ann> {}", line.trim_end());
        while bob_hears.next().is_some_and(|line| line != said) {}
        heard += 1;
    }
    println!("  bob has heard {heard} of {SAID} lines");
    // Now deaf reads, until it knows that nothing is left for it.
    let mut got = 0;
    for line in deaf_hears {
        if line.starts_with("<ann>") {
            got += 1;
        } else if line.ends_with("left out") {
            println!("  deaf reads {got} lines, then: {line}");
            assert!(line.contains(&format!(" {} lines", SAID - got)));
            break;
        }
    }
    drop(deaf);
    Ok(())
}
// ANCHOR_END: room

fn main() -> io::Result<()> {
    for policy in [Policy::Disconnect, Policy::Skip] {
        println!("{policy:?}");
        let listener = TcpListener::bind("127.0.0.1:0")?;
        SockRef::from(&listener).set_send_buffer_size(16 * 1024)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = UnixStream::pair()?;
        let mut chat = Chat::new(Limits::default(), policy);
        let server = thread::spawn(move || {
            poll::run(listener, &mut chat, stopped, |event| {
                let event = event.to_string();
                if event.contains("does not read") {
                    println!("  log: {event}");
                }
            })
        });
        let shown = show(address);
        drop(stop); // The server stops.
        server.join().expect("the server does not panic")?;
        shown?;
    }
    Ok(())
}
