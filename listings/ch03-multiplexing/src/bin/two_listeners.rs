//! Two threads, a listener each, one port: who gets how many connections, and
//! what becomes of them when one listener closes.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

const CLIENTS: usize = 1000;

// ANCHOR: listen
fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.bind(&at.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

/// Answers until somebody says stop, and returns how many it answered.
fn shard(listener: &TcpListener) -> io::Result<usize> {
    let mut answered = 0;
    loop {
        let (mut stream, _) = listener.accept()?;
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        if byte == *b"s" {
            return Ok(answered);
        }
        stream.write_all(&byte)?;
        answered += 1;
    }
}
// ANCHOR_END: listen

fn ask(server: SocketAddr, byte: u8) -> io::Result<usize> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(&[byte])?;
    stream.read(&mut [0])
}

/// Has both shards serve, and returns what each got.
fn count() -> io::Result<[usize; 2]> {
    let one = listen((Ipv4Addr::LOCALHOST, 0).into())?;
    let address = one.local_addr()?;
    let two = listen(address)?;
    let shards = [one, two].map(|l| thread::spawn(move || shard(&l)));
    for _ in 0..CLIENTS {
        ask(address, b'?')?;
    }
    // One that has stopped has closed its listener: the next stop is for the
    // other.
    while !shards.iter().all(thread::JoinHandle::is_finished) {
        let _ = ask(address, b's');
    }
    let [one, two] = shards.map(|s| s.join().expect("it does not panic"));
    Ok([one?, two?])
}

// ANCHOR: lost
/// Nobody accepts, and one of two listeners closes: how many of the
/// connections, all of them established, are lost?
fn lost() -> io::Result<usize> {
    let one = listen((Ipv4Addr::LOCALHOST, 0).into())?;
    let two = listen(one.local_addr()?)?;
    let clients: Vec<TcpStream> = (0..100)
        .map(|_| TcpStream::connect(one.local_addr()?))
        .collect::<io::Result<_>>()?;
    two.set_nonblocking(true)?;
    drop(one);
    let saved = std::iter::from_fn(|| two.accept().ok()).count();
    Ok(clients.len() - saved)
}
// ANCHOR_END: lost

fn main() -> io::Result<()> {
    if !cfg!(target_os = "linux") {
        println!("Sharing a port like this needs Linux.");
        return Ok(());
    }
    let [one, two] = count()?;
    println!("{CLIENTS} connections: {one} and {two}");
    println!("100 waiting, one listener closes: {} lost", lost()?);
    Ok(())
}
