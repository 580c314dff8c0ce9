//! One IPv6 listener, two kinds of client: what IPV6_V6ONLY changes.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};

fn main() -> io::Result<()> {
    if let Err(error) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
        println!("this host has no IPv6 loopback: {error}");
        return Ok(());
    }
    for only_v6 in [false, true] {
        println!("IPV6_V6ONLY = {only_v6}");
        let listener = listen(only_v6)?;
        let port = listener.local_addr()?.port();
        for client in [
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        ] {
            match TcpStream::connect(client) {
                Ok(_stream) => {
                    let (_, peer) = listener.accept()?;
                    let (seen, is) = (peer.ip(), peer.ip().to_canonical());
                    println!("  to {}: peer {seen}, or {is}", client.ip());
                }
                Err(error) => println!("  to {}: {error}", client.ip()),
            }
        }
    }
    Ok(())
}

// ANCHOR: listen
/// Listens on every address of the host, on a free port.
fn listen(only_v6: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    socket.set_only_v6(only_v6)?; // before bind
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)).into())?;
    socket.listen(128)?;
    Ok(socket.into())
}
// ANCHOR_END: listen
