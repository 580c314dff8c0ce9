//! A server that does not accept: its queue fills, and the next client's SYN
//! is dropped without a word.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ch03_sockets::tcp_state::{TcpState, settled};
use socket2::{Domain, Socket, Type};

fn main() -> io::Result<()> {
    if !cfg!(target_os = "linux") {
        println!("What a full queue does differs by system; this needs Linux.");
        return Ok(());
    }
    // ANCHOR: main
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    listener.listen(0)?; // Linux still keeps one: it allows backlog + 1
    let address = listener.local_addr()?.as_socket().expect("IPv4");

    let _first = TcpStream::connect(address)?;
    println!("first client:  connected, though nobody has accepted");

    let limit = Duration::from_millis(300);
    let error = TcpStream::connect_timeout(&address, limit)
        .expect_err("no room for it");
    println!("second client: {error}, after 300 ms");

    let third = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    third.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    let local = third.local_addr()?.as_socket().expect("IPv4");
    third.set_nonblocking(true)?;
    let start = Instant::now();
    let _ = third.connect(&address.into()); // EINPROGRESS: under way
    let now = settled(local, address, TcpState::SynSent)?;
    println!("third client:  {now}");

    let _ = listener.accept()?;
    println!("               the server accepts one: there is room");
    while third.peer_addr().is_err() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let now = settled(local, address, TcpState::Established)?;
    let waited = start.elapsed() > Duration::from_millis(900);
    println!("               {now}, over 0.9 s after connect: {waited}");
    // ANCHOR_END: main
    Ok(())
}
