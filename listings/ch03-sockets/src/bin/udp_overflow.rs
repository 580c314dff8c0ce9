//! A receiver that is slower than its sender: how much is lost, and who says so.

use std::net::UdpSocket;
use std::time::Duration;

use socket2::SockRef;

const SENT: u32 = 1000;

fn main() -> std::io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    SockRef::from(&receiver).set_recv_buffer_size(16 * 1024)?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;

    // ANCHOR: send
    for number in 0..SENT {
        sender.send_to(&number.to_be_bytes(), receiver.local_addr()?)?;
    }
    println!("{SENT} sends, no error");
    // ANCHOR_END: send

    // ANCHOR: receive
    receiver.set_read_timeout(Some(Duration::from_millis(200)))?;
    let mut received = Vec::new();
    let mut buf = [0; 4];
    while receiver.recv_from(&mut buf).is_ok() {
        received.push(u32::from_be_bytes(buf));
    }
    let count = received.len() as u32;
    println!("received {count}, lost {}", SENT - count);
    let first = received.into_iter().eq(0..count);
    println!("received the first ones, without a gap: {first}");
    // ANCHOR_END: receive
    Ok(())
}
