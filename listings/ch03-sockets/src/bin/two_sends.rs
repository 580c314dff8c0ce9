//! Three sends, one of them empty, and how many receives.

use std::net::UdpSocket;

fn main() -> std::io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    let to = receiver.local_addr()?;

    sender.send_to(b"hello", to)?;
    sender.send_to(b"", to)?;
    sender.send_to(b"world", to)?;

    let mut buf = [0; 1500];
    for _ in 0..3 {
        let (n, _from) = receiver.recv_from(&mut buf)?;
        let text = String::from_utf8_lossy(&buf[..n]);
        println!("received {n} bytes: {text:?}");
    }
    Ok(())
}
