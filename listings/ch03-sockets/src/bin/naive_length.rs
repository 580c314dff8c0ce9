//! A length prefix believed: four bytes end the whole server.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

// ANCHOR: naive
/// Do not use: the peer decides how much memory this takes.
fn read_frame(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut prefix = [0; 4];
    stream.read_exact(&mut prefix)?;
    let mut frame = vec![0; u32::from_be_bytes(prefix) as usize];
    stream.read_exact(&mut frame)?;
    Ok(frame)
}
// ANCHOR_END: naive

/// What the parent runs as a process of its own: a server, and a client that
/// sends it four bytes.
fn server() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    client.write_all(&[0xff; 4])?;
    let (mut stream, _) = listener.accept()?;
    println!("{:?}", read_frame(&mut stream)?.len());
    Ok(())
}

fn main() -> io::Result<()> {
    if std::env::args().any(|argument| argument == "server") {
        return server();
    }
    // 1 GiB of address space, in KiB, and no core dump.
    let run = Command::new("sh")
        .args(["-c", "ulimit -c 0; ulimit -v 1048576; exec \"$0\" server"])
        .arg(std::env::current_exe()?)
        .output()?;
    let error = String::from_utf8_lossy(&run.stderr);
    println!("server: {}", error.lines().next().unwrap_or_default());
    println!("ended by signal {:?}", run.status.signal());
    Ok(())
}
