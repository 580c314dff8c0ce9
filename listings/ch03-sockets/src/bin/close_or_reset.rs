//! A client sends as much as the kernel takes and closes: in the usual way,
//! with SO_LINGER at zero, and with an unread byte in its receive buffer.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use socket2::SockRef;

#[derive(Clone, Copy)]
enum Close {
    Usual,
    LingerZero,
    Unread,
}

// ANCHOR: main
/// Returns how many bytes the client's kernel took, how many the server read,
/// and how the server's reading ended.
fn transfer(how: Close) -> io::Result<(usize, usize, Result<(), io::Error>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    if matches!(how, Close::Unread) {
        server.write_all(b"!")?;
        client.peek(&mut [0])?; // It has arrived, and stays unread.
    }

    client.set_nonblocking(true)?;
    let mut sent = 0;
    while let Ok(n) = client.write(&[7; 65_536]) {
        sent += n;
    }
    if matches!(how, Close::LingerZero) {
        SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
    }
    drop(client);

    let mut got = 0;
    let mut buffer = [0; 65_536];
    loop {
        match server.read(&mut buffer) {
            Ok(0) => return Ok((sent, got, Ok(()))),
            Ok(n) => got += n,
            Err(e) => return Ok((sent, got, Err(e))),
        }
    }
}
// ANCHOR_END: main

fn main() -> io::Result<()> {
    println!("client closes    server got   and then");
    for (name, how) in [
        ("in the usual way", Close::Usual),
        ("with linger zero", Close::LingerZero),
        ("with unread data", Close::Unread),
    ] {
        let (sent, got, end) = transfer(how)?;
        let share = if got == sent { "all of it" } else { "a part" };
        let end = end.map_or_else(|e| e.to_string(), |()| "end".into());
        println!("{name:17}{share:13}{end}");
    }
    Ok(())
}
