//! `Expect: 100-continue`: a client that waits for a server that waits.

use std::error::Error;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use ch04_http::framing::Expect;
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Requests};

// ANCHOR: server
/// Answers a request when its content is there; of one that expects it, says
/// `first` when its head is.
fn serve(listener: TcpListener, first: &str) -> Result<(), Box<dyn Error>> {
    let (mut stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut reader = Requests::new(Limits::default());
    let mut bytes = Vec::new();
    loop {
        let (taken, item) = reader.next(&bytes)?;
        match item {
            Item::Head(_, meaning) if meaning.expect == Expect::Continue => {
                stream.write_all(first.as_bytes())?;
                if first.contains("413") {
                    return Ok(());
                }
            }
            Item::End(_) => break,
            Item::More => {
                bytes.drain(..taken);
                receive(&mut stream, &mut bytes)?;
                continue;
            }
            _ => {}
        }
        bytes.drain(..taken);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    Ok(())
}
// ANCHOR_END: server

// ANCHOR: client
const HEAD: &str = "PUT /film HTTP/1.1\r\nHost: x\r\n\
    Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n";

fn send(stream: &mut TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(500)))?;
    stream.write_all(HEAD.as_bytes())?;
    let go_on = match line(stream) {
        Ok(answer) => {
            println!("  heard {answer:?}");
            answer.contains("100")
        }
        Err(error) if is_timeout(&error) => {
            println!("  heard nothing for half a second");
            true
        }
        Err(error) => return Err(error),
    };
    if go_on {
        stream.write_all(&[b'x'; 1000])?;
        println!("  sent the content, heard {:?}", line(stream)?);
    }
    Ok(())
}
// ANCHOR_END: client

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// The first line of the head of a response.
fn line(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn receive(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut chunk = [0; 4096];
    match stream.read(&mut chunk)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        n => {
            bytes.extend_from_slice(&chunk[..n]);
            Ok(())
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    for (what, first) in [
        ("a server that reads first", ""),
        ("one that says 100", "HTTP/1.1 100 Continue\r\n\r\n"),
        (
            "one that says no",
            "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\n",
        ),
    ] {
        println!("{what}");
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        thread::scope(|scope| {
            let server = scope
                .spawn(|| serve(listener, first).map_err(|e| e.to_string()));
            send(&mut TcpStream::connect(address)?)?;
            server.join().expect("does not panic")?;
            Ok::<(), Box<dyn Error>>(())
        })?;
    }
    Ok(())
}
