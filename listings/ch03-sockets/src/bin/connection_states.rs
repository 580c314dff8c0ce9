//! Walks a connection through its states, closed by the client first and then
//! by the server first.

use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};

use ch03_sockets::tcp_state::{
    TcpState::{self, *},
    settled, state,
};

fn main() -> io::Result<()> {
    if !cfg!(target_os = "linux") {
        println!("This program reads /proc/net/tcp: it needs Linux.");
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let s = listener.local_addr()?;
    let anyone = SocketAddr::from(([0, 0, 0, 0], 0));
    println!("the listener is in {}", state(s, anyone)?);

    let client = TcpStream::connect(s)?;
    let (server, _) = listener.accept()?;
    close_in_turn("client", client, "server", server)?;

    let client = TcpStream::connect(s)?;
    let (server, _) = listener.accept()?;
    close_in_turn("server", server, "client", client)
}

// ANCHOR: walk
fn close_in_turn(
    first_name: &str,
    first: TcpStream,
    second_name: &str,
    mut second: TcpStream,
) -> io::Result<()> {
    let (a, b) = (first.local_addr()?, first.peer_addr()?);
    let show = |step: &str, at_a: TcpState, at_b: TcpState| {
        let (at_a, at_b) = (settled(a, b, at_a)?, settled(b, a, at_b)?);
        println!("{step:24}{at_a:14}{at_b}");
        io::Result::Ok(())
    };
    println!("\n{:24}{first_name:14}{second_name}", "");
    show("connected", Established, Established)?;

    first.shutdown(Shutdown::Write)?;
    show(&format!("{first_name} shuts down"), FinWait2, CloseWait)?;

    assert_eq!(second.read(&mut [0])?, 0, "a FIN reads as end of stream");
    drop(second);
    show(&format!("{second_name} closes"), TimeWait, Closed)?;

    drop(first);
    show(&format!("{first_name} closes"), TimeWait, Closed)
}
// ANCHOR_END: walk
