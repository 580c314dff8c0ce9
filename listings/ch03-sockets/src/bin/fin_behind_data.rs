//! Holds FIN-WAIT-1 and LAST-ACK still: a FIN waits behind data that the peer
//! does not read.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use ch03_sockets::tcp_state::{
    TcpState::{self, *},
    settled,
};

// ANCHOR: fill
/// Writes until the kernel takes no more; returns how much it took.
fn fill(stream: &mut TcpStream) -> io::Result<usize> {
    stream.set_nonblocking(true)?;
    let mut taken = 0;
    loop {
        match stream.write(&[0; 65_536]) {
            Ok(n) => taken += n,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
            Err(e) => return Err(e),
        }
    }
    stream.set_nonblocking(false)?;
    Ok(taken)
}
// ANCHOR_END: fill

// ANCHOR: main
fn main() -> io::Result<()> {
    if !cfg!(target_os = "linux") {
        println!("This program reads /proc/net/tcp: it needs Linux.");
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    let (c, s) = (client.local_addr()?, client.peer_addr()?);
    let show = |step: &str, at_c: TcpState, at_s: TcpState| {
        let (at_c, at_s) = (settled(c, s, at_c)?, settled(s, c, at_s)?);
        println!("{step:36}{at_c:14}{at_s}");
        io::Result::Ok(())
    };
    println!("{:36}{:14}server", "", "client");

    let from_client = fill(&mut client)? as u64;
    client.shutdown(Shutdown::Write)?;
    show("client fills the pipe, shuts down", FinWait1, Established)?;

    assert_eq!(io::copy(&mut server, &mut io::sink())?, from_client);
    show("server reads to the end", FinWait2, CloseWait)?;

    let from_server = fill(&mut server)? as u64;
    drop(server);
    show("server fills the pipe, closes", FinWait2, LastAck)?;

    assert_eq!(client.read_to_end(&mut Vec::new())? as u64, from_server);
    show("client reads to the end", TimeWait, Closed)
}
// ANCHOR_END: main
