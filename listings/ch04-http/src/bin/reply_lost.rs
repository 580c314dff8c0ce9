//! A response that was written, and that its client never sees.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// The page that explains what was wrong.
const PAGE: usize = 300_000;

fn main() -> io::Result<()> {
    for (name, end) in [
        ("close at once", close as fn(TcpStream) -> io::Result<()>),
        ("half-close, read on, close", linger),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = listener.local_addr()?;
        let serving = thread::spawn(move || -> io::Result<()> {
            let (mut stream, _) = listener.accept()?;
            // The head is enough to see that the content is too long.
            stream.read_exact(&mut [0; 16])?;
            let head = "HTTP/1.1 413 Content Too Large\r\n\
                Connection: close\r\n\r\n";
            stream.write_all(&[head.as_bytes(), &[b'#'; PAGE]].concat())?;
            end(stream)
        });
        println!("{name}: the client gets {}", upload(server)?);
        serving.join().expect("the server does not panic")?;
    }
    Ok(())
}

// ANCHOR: ends
fn close(stream: TcpStream) -> io::Result<()> {
    drop(stream);
    Ok(())
}

fn linger(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    io::copy(&mut stream, &mut io::sink())?;
    Ok(())
}
// ANCHOR_END: ends

// ANCHOR: upload
/// Sends a head and content, and reads what the server says.
fn upload(server: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(b"PUT / HTTP/1.1\r\n")?;
    for _ in 0..10 {
        thread::sleep(Duration::from_millis(5));
        if stream.write_all(&[b'x'; 1000]).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    let whole = answer.iter().filter(|byte| **byte == b'#').count() == PAGE;
    Ok(match (whole, end) {
        (true, _) => "all of it".into(),
        (false, Ok(_)) => "a part".into(),
        (false, Err(error)) => format!("a part, then: {}", error.kind()),
    })
}
// ANCHOR_END: upload
