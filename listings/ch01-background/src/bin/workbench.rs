//! What of the book works on this machine.

use std::env;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::time::Duration;

// ANCHOR: probes
/// One byte to a server of our own and back.
fn tcp(ip: &str) -> io::Result<()> {
    let listener = TcpListener::bind((ip, 0))?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    server.set_read_timeout(Some(Duration::from_secs(5)))?;
    client.write_all(b"?")?;
    server.read_exact(&mut [0])?;
    server.write_all(b"!")?;
    client.read_exact(&mut [0])
}

/// One datagram from a socket to itself.
fn udp(ip: &str) -> io::Result<()> {
    let socket = UdpSocket::bind((ip, 0))?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    let own: SocketAddr = socket.local_addr()?;
    socket.send_to(b"?", own)?;
    socket.recv_from(&mut [0]).map(|_| ())
}
// ANCHOR_END: probes

fn report(what: &str, result: io::Result<()>) {
    match result {
        Ok(()) => println!("{what:<18} works"),
        Err(error) => println!("{what:<18} does not work: {error}"),
    }
}

fn on_path(tool: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(tool).is_file())
}

fn main() {
    report("TCP over IPv4", tcp("127.0.0.1"));
    report("UDP over IPv4", udp("127.0.0.1"));
    report("TCP over IPv6", tcp("::1"));
    report("UDP over IPv6", udp("::1"));
    println!();
    for (tool, needed) in [
        ("nc", "to talk to a server by hand"),
        ("curl", "to talk HTTP to one"),
        ("ss", "to list sockets and their states"),
        ("tcpdump", "to see packets"),
        ("strace", "to see system calls"),
    ] {
        let found = if on_path(tool) { "found" } else { "missing" };
        println!("{tool:<8} {found:<8} {needed}");
    }
    let linux = cfg!(target_os = "linux") && Path::new("/proc/net").exists();
    println!();
    println!("Linux: {}", if linux { "yes" } else { "no" });
}
