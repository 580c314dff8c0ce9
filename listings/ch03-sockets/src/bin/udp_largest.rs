//! The longest datagram that IPv4 carries, and one byte more.

use std::net::UdpSocket;

/// 65,535 bytes of IP packet, less the headers of IPv4 (20) and UDP (8).
const LONGEST: usize = 65_535 - 20 - 8;

fn main() -> std::io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    let payload = vec![0; LONGEST + 1];

    for length in [1200, LONGEST, LONGEST + 1] {
        match sender.send_to(&payload[..length], receiver.local_addr()?) {
            Ok(n) => {
                let mut buf = vec![0; LONGEST];
                let (m, _from) = receiver.recv_from(&mut buf)?;
                println!("{length} bytes: sent {n}, received {m}");
            }
            Err(error) => println!("{length} bytes: {error}"),
        }
    }
    Ok(())
}
