//! A datagram socket: two sends, what is received, and whose address it has.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

fn main() -> io::Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0")?;
    server.set_read_timeout(Some(Duration::from_secs(1)))?;
    let client = UdpSocket::bind("0.0.0.0:0")?;
    println!("after bind: {}", client.local_addr()?);
    client.connect(server.local_addr()?)?;
    println!("after connect: {}", client.local_addr()?);

    client.send(b"one")?;
    client.send(b"two")?;
    let mut buf = [0; 1500];
    for _ in 0..2 {
        let n = server.recv(&mut buf)?;
        println!("{:?}", String::from_utf8_lossy(&buf[..n]));
    }
    Ok(())
}
