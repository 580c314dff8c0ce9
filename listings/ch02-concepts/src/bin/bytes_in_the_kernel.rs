//! Looks for five bytes that were written and that no program has read.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};
use std::{fs, thread};

fn main() -> io::Result<()> {
    if !cfg!(target_os = "linux") {
        println!("This program reads /proc/net/tcp: it needs Linux.");
        return Ok(());
    }
    // ANCHOR: main
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    let mut stream = TcpStream::connect(server)?;
    let client = stream.local_addr()?;

    let written = stream.write(b"hello")?;
    println!("write returned {written}; nobody has called accept");
    show("client", client, server)?;
    show("server", server, client)?;

    let (mut accepted, _) = listener.accept()?;
    println!("accept has returned");
    show("server", server, client)?;

    accepted.read_exact(&mut [0; 5])?;
    println!("read has returned");
    show("server", server, client)?;
    // ANCHOR_END: main
    Ok(())
}

// ANCHOR: show
/// Prints what the kernel says of the socket at `local` connected to `remote`.
fn show(name: &str, local: SocketAddr, remote: SocketAddr) -> io::Result<()> {
    let line = settled(local, remote)?;
    let owner = match line.inode {
        0 => "no program",
        _ => "a program",
    };
    println!(
        "  {name}'s socket: {} bytes to send, {} to read, held by {owner}",
        line.to_send, line.to_read
    );
    Ok(())
}
// ANCHOR_END: show

/// What a line of `/proc/net/tcp` says.
struct Line {
    /// Written and not acknowledged.
    to_send: u32,
    /// Received and not read.
    to_read: u32,
    /// The number of the socket's file; 0 if it has none.
    inode: u64,
}

/// Gives the peer's kernel up to a second to acknowledge what was written.
fn settled(local: SocketAddr, remote: SocketAddr) -> io::Result<Line> {
    let start = Instant::now();
    loop {
        let table = fs::read_to_string("/proc/net/tcp")?;
        let line = find(&table, local, remote)
            .ok_or_else(|| io::Error::other("no line for this socket"))?;
        if line.to_send == 0 || start.elapsed() > Duration::from_secs(1) {
            return Ok(line);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The line of one socket: `sl local remote st tx:rx tr:tm retr uid timeout
/// inode …`, see <https://docs.kernel.org/networking/proc_net_tcp.html>.
fn find(table: &str, local: SocketAddr, remote: SocketAddr) -> Option<Line> {
    let ours = format!(":{:04X}", local.port());
    let theirs = format!(":{:04X}", remote.port());
    let line = table.lines().find(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let mut ends_with =
            |port: &str| fields.next().is_some_and(|f| f.ends_with(port));
        ends_with(&ours) && ends_with(&theirs)
    })?;
    let fields: Vec<_> = line.split_ascii_whitespace().collect();
    let (to_send, to_read) = fields.get(4)?.split_once(':')?;
    Some(Line {
        to_send: u32::from_str_radix(to_send, 16).ok()?,
        to_read: u32::from_str_radix(to_read, 16).ok()?,
        inode: fields.get(9)?.parse().ok()?,
    })
}
