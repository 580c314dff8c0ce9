//! A byte now and then passes an idle deadline, not one for the message.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const MS: Duration = Duration::from_millis(1);
const LIMIT: Duration = Duration::from_millis(300);

/// Twenty bytes, one every 25 ms: half a second for a message.
fn slow_client(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    for byte in b"a line of 20 letters\n" {
        stream.write_all(&[*byte])?;
        thread::sleep(25 * MS);
    }
    Ok(())
}

// ANCHOR: loris
/// Reads a line. `left` says how long the next read may wait.
fn read_line(
    stream: &mut TcpStream,
    left: impl Fn() -> Duration,
) -> io::Result<String> {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        let left = left();
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        line.extend(byte);
    }
    Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned())
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    for per_message in [false, true] {
        let client = TcpStream::connect(address)?;
        let client = thread::spawn(move || slow_client(client));
        let (mut stream, _) = listener.accept()?;
        let end = Instant::now() + LIMIT;
        let line = read_line(&mut stream, || match per_message {
            false => LIMIT,
            true => end.saturating_duration_since(Instant::now()),
        });
        let what = if per_message { "message" } else { "read" };
        match line {
            Ok(line) => println!("{LIMIT:?} for each {what}: {line:?}"),
            Err(_) => println!("{LIMIT:?} for each {what}: too late"),
        }
        drop(stream);
        let _ = client.join().expect("the client does not panic");
    }
    Ok(())
}
// ANCHOR_END: loris
