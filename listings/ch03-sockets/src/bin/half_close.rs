//! A client that sends everything, shuts down its sending side and reads the
//! answer; and the same client without the shutdown.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

// ANCHOR: main
/// Sums the bytes of the whole stream, then answers.
fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    let sum: u32 = all.iter().map(|&byte| u32::from(byte)).sum();
    let answer = format!("{} bytes, sum {sum}\n", all.len());
    stream.write_all(answer.as_bytes())
}

fn ask(half_close: bool) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    let answering = thread::spawn(|| answer(server));

    client.write_all(&[1, 2, 3, 4])?;
    if half_close {
        client.shutdown(Shutdown::Write)?;
    }
    client.set_read_timeout(Some(Duration::from_millis(300)))?;
    let mut text = String::new();
    let outcome = client.read_to_string(&mut text);

    drop(client); // Without it, the server would wait on.
    answering.join().expect("the server does not panic")?;
    outcome.map(|_| text)
}
// ANCHOR_END: main

fn main() -> io::Result<()> {
    for half_close in [true, false] {
        let name = if half_close { "with" } else { "without" };
        match ask(half_close) {
            Ok(text) => print!("{name} shutdown(Write): {text}"),
            Err(e) if is_timeout(&e) => {
                println!("{name} shutdown(Write): no answer in 300 ms");
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// A read that times out: `WouldBlock` on Unix, `TimedOut` on Windows.
fn is_timeout(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
