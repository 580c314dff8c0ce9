//! What std::net has no call for: choosing the address that a connection
//! comes from, before it is made.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

fn main() -> io::Result<()> {
    if !cfg!(target_os = "linux") {
        println!("127.0.0.2 is this host's on Linux, not everywhere.");
        return Ok(());
    }
    // ANCHOR: main
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;

    let by_std = TcpStream::connect(server)?;
    let (_, from) = listener.accept()?;
    println!("std chose {}", from.ip());

    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    let source = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), 0));
    socket.bind(&source.into())?;
    socket.set_recv_buffer_size(16 * 1024)?;
    socket.connect_timeout(&server.into(), Duration::from_secs(1))?;
    let by_socket2: TcpStream = socket.into();
    let (_, from) = listener.accept()?;
    println!("socket2 bound {}", from.ip());
    // ANCHOR_END: main
    drop((by_std, by_socket2));
    Ok(())
}
