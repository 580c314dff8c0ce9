//! Sends to a port where nobody listens, with and without `connect`.

use std::net::UdpSocket;
use std::time::Duration;

fn main() -> std::io::Result<()> {
    let plain = UdpSocket::bind("127.0.0.1:0")?;
    let connected = UdpSocket::bind("127.0.0.1:0")?;
    for socket in [&plain, &connected] {
        socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    }
    let closed = {
        let listener = UdpSocket::bind("127.0.0.1:0")?;
        listener.local_addr()?
    };
    let mut buf = [0; 1500];

    // ANCHOR: ask
    println!("plain: sent {} bytes", plain.send_to(b"hello?", closed)?);
    match plain.recv_from(&mut buf) {
        Ok((n, _from)) => println!("plain: received {n} bytes"),
        Err(error) => println!("plain: {:?}", error.kind()),
    }

    connected.connect(closed)?;
    println!("connected: sent {} bytes", connected.send(b"hello?")?);
    match connected.recv(&mut buf) {
        Ok(n) => println!("connected: received {n} bytes"),
        Err(error) => println!("connected: {error}"),
    }
    // ANCHOR_END: ask
    Ok(())
}
