//! Sends one datagram over the loopback interface: something to capture.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

fn main() -> io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    receiver.set_read_timeout(Some(Duration::from_secs(5)))?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;

    let sent = sender.send_to(b"Hello from Rust.\n", receiver.local_addr()?)?;
    println!(
        "{} -> {}: {sent} bytes",
        sender.local_addr()?,
        receiver.local_addr()?
    );

    let mut buffer = [0; 64];
    let (received, from) = receiver.recv_from(&mut buffer)?;
    let text = String::from_utf8_lossy(&buffer[..received]);
    println!("received {received} bytes from {from}: {text:?}");
    Ok(())
}
