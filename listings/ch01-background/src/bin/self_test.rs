//! The self-test's questions, put to the machine.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

const TIMEOUT: Option<Duration> = Some(Duration::from_secs(5));

fn main() -> io::Result<()> {
    // ANCHOR: encoding
    let name = "Grüße";
    println!(
        "1. {} characters, {} bytes",
        name.chars().count(),
        name.len()
    );
    println!(
        "2. {:?} or {:?}",
        8080_u16.to_be_bytes(),
        8080_u16.to_le_bytes()
    );
    // ANCHOR_END: encoding

    // ANCHOR: nobody
    let nobody = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let refused = TcpStream::connect(nobody).map_err(|error| error.kind());
    println!("3. TCP: {:?}", refused.map(drop));
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    println!("   UDP: {:?}", socket.send_to(b"Hello", nobody));
    // ANCHOR_END: nobody

    // ANCHOR: both
    let one_port_for_both = || {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        UdpSocket::bind(listener.local_addr()?)
    };
    // ANCHOR_END: both
    // Somebody else may have that port for UDP, but not each time.
    let works = (0..5).any(|_| one_port_for_both().is_ok());
    println!("4. {}", if works { "works" } else { "fails" });

    // ANCHOR: server
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    drop(listener);
    server.write_all(b"Hello")?;
    drop(server);
    // ANCHOR_END: server

    // ANCHOR: reads
    client.set_read_timeout(TIMEOUT)?;
    let mut buf = [0; 1024];
    let reads = [(); 3].map(|()| client.read(&mut buf).ok());
    println!("5. {reads:?}");
    // ANCHOR_END: reads
    Ok(())
}
