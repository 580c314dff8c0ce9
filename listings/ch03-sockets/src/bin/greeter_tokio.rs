//! The greeter on tokio: a task a client, all of them on one thread.

use std::io;
use std::time::Duration;

use ch03_sockets::greeter::{MAX_LINE, greeting};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const IDLE: Duration = Duration::from_secs(60);

// ANCHOR: server
async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(greet(stream));
    }
}

async fn greet(mut stream: TcpStream) -> io::Result<u64> {
    let (input, mut output) = stream.split();
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    for answered in 0.. {
        line.clear();
        let mut limited = (&mut input).take(MAX_LINE as u64);
        timeout(IDLE, limited.read_until(b'\n', &mut line)).await??;
        match line.last() {
            Some(b'\n') => {
                let answer = greeting(&line);
                timeout(IDLE, output.write_all(&answer)).await??;
            }
            None => return Ok(answered),
            Some(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
    unreachable!("2^64 lines take longer than the machine will last")
}
// ANCHOR_END: server

// ANCHOR: main
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = listener.local_addr()?;
    tokio::spawn(serve(listener));

    let slow = TcpStream::connect(server).await?;
    let mut quick = BufReader::new(TcpStream::connect(server).await?);
    quick.write_all(b"Ferris\n").await?;
    let mut answer = String::new();
    quick.read_line(&mut answer).await?;
    println!("at once: {answer:?}");
    drop(slow);
    Ok(())
}
// ANCHOR_END: main
