//! Keepalive: what a new socket has, and what it has after we set it.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

// ANCHOR: main
#[cfg(target_os = "linux")]
fn show(title: &str, socket: &SockRef<'_>) -> io::Result<()> {
    println!("{title}");
    println!("  SO_KEEPALIVE      {}", socket.keepalive()?);
    println!("  TCP_KEEPIDLE      {:?}", socket.tcp_keepalive_time()?);
    println!("  TCP_KEEPINTVL     {:?}", socket.tcp_keepalive_interval()?);
    println!("  TCP_KEEPCNT       {}", socket.tcp_keepalive_retries()?);
    println!("  TCP_USER_TIMEOUT  {:?}", socket.tcp_user_timeout()?);
    Ok(())
}

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let socket = SockRef::from(&client);
    show("as std's connect leaves it", &socket)?;

    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3);
    socket.set_tcp_keepalive(&keepalive)?; // Also sets SO_KEEPALIVE.
    socket.set_tcp_user_timeout(Some(Duration::from_secs(60)))?;
    show("as we set it", &socket)
}
// ANCHOR_END: main

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The names and defaults of these options are Linux's.");
}
