//! Two listeners on one port with SO_REUSEPORT: the kernel deals out the
//! connections.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};

// ANCHOR: main
fn listen(at: SocketAddr, share: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_port(share)?;
    let _ = share;
    socket.bind(&at.into())?;
    socket.listen(128)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn main() -> io::Result<()> {
    if !cfg!(target_os = "linux") {
        println!("Sharing a port like this needs Linux.");
        return Ok(());
    }
    let one = listen(SocketAddr::from(([127, 0, 0, 1], 0)), true)?;
    let address = one.local_addr()?;
    let two = listen(address, true)?;
    match listen(address, false) {
        Ok(_) => println!("a third without the option: works"),
        Err(e) => println!("a third without the option: {e}"),
    }

    // A connection is queued at its listener before connect returns.
    let clients: Vec<TcpStream> = (0..64)
        .map(|_| TcpStream::connect(address))
        .collect::<io::Result<_>>()?;
    let got = [&one, &two]
        .map(|listener| std::iter::from_fn(|| listener.accept().ok()).count());
    println!("{} connections", clients.len());
    println!("each listener got some: {}", got.iter().all(|n| *n > 0));
    println!("both together got {}", got.iter().sum::<usize>());
    Ok(())
}
// ANCHOR_END: main
