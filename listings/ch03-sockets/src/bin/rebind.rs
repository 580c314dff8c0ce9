//! Starts a server again on a port that has a connection in TIME-WAIT, with
//! and without SO_REUSEADDR.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};

// ANCHOR: listen
fn listen(at: SocketAddr, reuse: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(reuse)?;
    socket.bind(&at.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

/// Serves one connection, closes it first and so keeps its TIME-WAIT.
fn serve_one(listener: TcpListener) -> io::Result<SocketAddr> {
    let address = listener.local_addr()?;
    let mut client = TcpStream::connect(address)?;
    drop(listener.accept()?);
    assert_eq!(client.read(&mut [0])?, 0);
    Ok(address)
}
// ANCHOR_END: listen

// ANCHOR: main
fn main() -> io::Result<()> {
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    println!("SO_REUSEADDR");
    println!("first server   second server   second bind");
    for (first, second) in
        [(false, false), (false, true), (true, false), (true, true)]
    {
        let address = serve_one(listen(any_port, first)?)?;
        let outcome = match listen(address, second) {
            Ok(_) => "works".to_owned(),
            Err(e) => e.to_string(),
        };
        let word = |on| if on { "on" } else { "off" };
        println!("{:15}{:16}{outcome}", word(first), word(second));
    }

    let address = serve_one(TcpListener::bind(any_port)?)?;
    match TcpListener::bind(address) {
        Ok(_) => println!("std's TcpListener, twice:      works"),
        Err(e) => println!("std's TcpListener, twice:      {e}"),
    }

    let running = listen(any_port, true)?;
    match listen(running.local_addr()?, true) {
        Ok(_) => println!("while the first still listens: works"),
        Err(e) => println!("while the first still listens: {e}"),
    }
    Ok(())
}
// ANCHOR_END: main
