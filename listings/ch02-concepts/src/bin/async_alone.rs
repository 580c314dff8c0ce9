//! Three questions to a slow server, by `async` functions, twice.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

// ANCHOR: ask
async fn ask(server: SocketAddr) -> io::Result<()> {
    let mut stream = std::net::TcpStream::connect(server)?;
    stream.write_all(b"?")?;
    stream.read_exact(&mut [0])
}

async fn ask_by_tokio(server: SocketAddr) -> io::Result<()> {
    let mut stream = tokio::net::TcpStream::connect(server).await?;
    stream.write_all(b"?").await?;
    stream.read_exact(&mut [0]).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = start_server()?;
    tokio::try_join!(ask(server), ask(server), ask(server))?;
    println!("ask: at most {} waiting", PEAK.swap(0, SeqCst));

    let (a, b, c) = (
        ask_by_tokio(server),
        ask_by_tokio(server),
        ask_by_tokio(server),
    );
    tokio::try_join!(a, b, c)?;
    println!("ask_by_tokio: at most {} waiting", PEAK.swap(0, SeqCst));
    Ok(())
}
// ANCHOR_END: ask

/// How many questions were at the server without an answer, at most.
static PEAK: AtomicUsize = AtomicUsize::new(0);
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Answers each question after 200 ms.
fn start_server() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(|| answer(stream?));
        }
    });
    Ok(address)
}

fn answer(mut stream: std::net::TcpStream) -> io::Result<()> {
    stream.read_exact(&mut [0])?;
    PEAK.fetch_max(WAITING.fetch_add(1, SeqCst) + 1, SeqCst);
    thread::sleep(Duration::from_millis(200));
    WAITING.fetch_sub(1, SeqCst);
    stream.write_all(b"!")
}
