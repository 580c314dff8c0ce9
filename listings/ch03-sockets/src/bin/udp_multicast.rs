//! One send, three receivers: two have joined the group.

use std::io::{ErrorKind, Result};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 3, 1);
const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

fn main() -> Result<()> {
    if let Err(error) = share_a_datagram() {
        // A container may have no route or no right to do this.
        println!("no multicast on this loopback: {error}");
    }
    Ok(())
}

fn share_a_datagram() -> Result<()> {
    // ANCHOR: receivers
    let ann = on_port(0)?;
    let port = ann.local_addr()?.port();
    let bob = on_port(port)?;
    let eve = on_port(port)?;
    for socket in [&ann, &bob] {
        socket.join_multicast_v4(&GROUP, &LOOPBACK)?;
    }
    // ANCHOR_END: receivers

    // ANCHOR: sender
    let sender = UdpSocket::bind((LOOPBACK, 0))?;
    let options = socket2::SockRef::from(&sender);
    options.set_multicast_if_v4(&LOOPBACK)?;
    options.set_multicast_ttl_v4(0)?;
    sender.send_to(b"printer here", (GROUP, port))?;
    // ANCHOR_END: sender

    for (name, socket) in [("ann", ann), ("bob", bob), ("eve", eve)] {
        let mut buf = [0; 1500];
        match socket.recv(&mut buf) {
            Ok(n) => println!("{name}: {}", buf[..n].escape_ascii()),
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                println!("{name}: nothing");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A socket on the group's address, whose port others may share.
fn on_port(port: u16) -> Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    // Only what this socket has joined, not what any on this host has.
    #[cfg(target_os = "linux")]
    socket.set_multicast_all_v4(false)?;
    socket.bind(&SocketAddr::V4(SocketAddrV4::new(GROUP, port)).into())?;
    let socket = UdpSocket::from(socket);
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    Ok(socket)
}
