//! A web server in sixty lines of the standard library. Without arguments it
//! asks itself; `--serve 127.0.0.1:8080` keeps it running, until Ctrl-C.

// ANCHOR: server
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

/// Status and content for a request, as soon as its head is whole.
fn respond(text: &str) -> Option<(&'static str, &'static str)> {
    let (head, _) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let request: Vec<_> = lines.next().unwrap_or("").split(' ').collect();
    let token = |name: &str| !name.is_empty() && !name.contains([' ', '\t']);
    let valid = lines.all(|l| l.split_once(':').is_some_and(|(n, _)| token(n)));
    let ok = valid && head.to_lowercase().matches("\nhost:").count() == 1;
    Some(match request[..] {
        ["GET" | "HEAD", "/", "HTTP/1.1"] if ok => ("200 OK", "Hello!\n"),
        ["GET" | "HEAD", _, "HTTP/1.1"] if ok => ("404 Not Found", "Only /\n"),
        [_, _, "HTTP/1.1"] if ok => ("405 Method Not Allowed", "GET, HEAD\n"),
        _ => ("400 Bad Request", "Not HTTP/1.1\n"),
    })
}

/// Reads, but not after `end`, however often a byte comes.
fn read(from: &TcpStream, to: &mut [u8], end: Instant) -> io::Result<usize> {
    // No time left is an error.
    from.set_read_timeout(Some(end.saturating_duration_since(Instant::now())))?;
    match { from }.read(to) {
        Err(e) if e.kind() == ErrorKind::Interrupted => read(from, to, end),
        outcome => outcome,
    }
}

fn converse(mut stream: TcpStream, patience: Duration) -> io::Result<()> {
    let (end, mut buf, mut len) = (Instant::now() + patience, [0; 8192], 0);
    let (status, content) = loop {
        match read(&stream, &mut buf[len..], end) {
            Ok(n) if n > 0 => len += n,
            _ if len == buf.len() => break ("431 Too Large", "Over 8 KiB\n"),
            _ => break ("408 Request Timeout", "Half a request\n"),
        }
        if let Some(reply) = respond(&String::from_utf8_lossy(&buf[..len])) {
            break reply;
        }
    };
    let length = content.len();
    let sent = if buf.starts_with(b"HEAD ") { 0 } else { length };
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nAllow: GET, HEAD\r\n\
         Connection: close\r\n\r\n{content:.sent$}"
    );
    stream.write_all(response.as_bytes())?; // The send buffer has room for it.
    stream.shutdown(Shutdown::Write)?;
    while read(&stream, &mut buf, end)? > 0 {}
    Ok(())
}

fn main() -> io::Result<()> {
    let (listener, patience, stopped) = start()?; // Below: arguments, Ctrl-C.
    thread::scope(|scope| {
        for stream in listener.incoming().take_while(|_| !stopped()) {
            match stream.map(|s| move || converse(s, patience)) {
                Ok(client) => drop(Builder::new().spawn_scoped(scope, client)),
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
    });
    Ok(())
}
// ANCHOR_END: server

// What follows is not the server: its arguments, Ctrl-C, and a client.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const USAGE: &str = "usage: small_server [--serve ADDRESS [MILLISECONDS]]";

// ANCHOR: asks
const ASKS: [&str; 8] = [
    "GET / HTTP/1.1\r\nHost: us\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: us\r\n\r\n",
    "get / HTTP/1.1\r\nHost: us\r\n\r\n",
    "GET /hello HTTP/1.1\r\nHost: us\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : us\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: us\r\nContent-Length: 2\r\n\r\nhi",
    "GET / HTTP/1.1\r\nHost: us\r\n", // And nothing more.
];
// ANCHOR_END: asks

/// Where to listen, how long a client may take, and whether to stop.
fn start() -> io::Result<(TcpListener, Duration, impl Fn() -> bool)> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let usage = || io::Error::other(USAGE);
    let (address, ms) = match arguments[..] {
        [] => ("127.0.0.1:0", 500),
        ["--serve", address] => (address, 5000),
        ["--serve", address, ms] => (address, ms.parse().map_err(|_| usage())?),
        _ => return Err(usage()),
    };
    let listener = TcpListener::bind(address)?;
    let local = listener.local_addr()?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let finish = move || {
        stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(local); // Ends the wait for a client.
    };
    if arguments.is_empty() {
        thread::spawn(move || {
            let asked = ask_all(local);
            finish();
            asked.expect("our own server answers");
        });
    } else {
        on_ctrl_c(finish)?;
        println!("listening on {local}");
    }
    let stopped = move || stopped.load(Ordering::Relaxed);
    Ok((listener, Duration::from_millis(ms), stopped))
}

/// Calls `finish` at Ctrl-C. The standard library has no signals; tokio has.
fn on_ctrl_c(finish: impl FnOnce() + Send + 'static) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let entered = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt())?;
    drop(entered);
    thread::spawn(move || {
        runtime.block_on(interrupt.recv());
        finish();
    });
    Ok(())
}

/// Sends each request on a connection of its own and prints the answer.
fn ask_all(server: SocketAddr) -> io::Result<()> {
    for request in ASKS {
        let mut stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(request.as_bytes())?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        let parts = response.split_once("\r\n\r\n");
        let (head, content) = parts.unwrap_or((&response, ""));
        let status = head.lines().next().unwrap_or("no answer");
        println!("{request:?}");
        println!("  {status}, content: {content:?}");
    }
    Ok(())
}
