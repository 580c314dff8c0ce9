//! A datagram that is longer than the buffer, received in three ways.

use std::io::IoSliceMut;
use std::net::UdpSocket;

use rustix::net::{RecvAncillaryBuffer, RecvFlags, ReturnFlags, recvmsg};

fn main() -> std::io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    let order = b"pay bob 10000";
    for _ in 0..3 {
        sender.send_to(order, receiver.local_addr()?)?;
    }
    println!("sent {} bytes, three times", order.len());

    // ANCHOR: std
    let mut buf = [0; 10];
    let (n, _from) = receiver.recv_from(&mut buf)?;
    println!("recv_from: {n} bytes: {:?}", text(&buf[..n]));
    // ANCHOR_END: std

    // ANCHOR: flag
    let parts = &mut [IoSliceMut::new(&mut buf)];
    let control = &mut RecvAncillaryBuffer::default();
    let message = recvmsg(&receiver, parts, control, RecvFlags::empty())?;
    let cut = message.flags.contains(ReturnFlags::TRUNC);
    println!("recvmsg: {} bytes, cut off: {cut}", message.bytes);
    // ANCHOR_END: flag

    // ANCHOR: spare
    const LONGEST: usize = 10;
    let mut buf = [0; LONGEST + 1];
    let (n, _from) = receiver.recv_from(&mut buf)?;
    let verdict = if n > LONGEST { "refused" } else { "accepted" };
    println!("one spare byte: {n} bytes of at most {LONGEST}: {verdict}");
    // ANCHOR_END: spare
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
