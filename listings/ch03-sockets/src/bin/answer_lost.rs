//! A server that refuses a large request and closes at once, and one that
//! drains the request first. Which client learns why it was refused?

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

// ANCHOR: main
const REFUSAL: &[u8] = b"413 too large\n";

fn refuse(mut stream: TcpStream, drain: bool) -> io::Result<()> {
    stream.read_exact(&mut [0; 16])?; // It has seen enough.
    stream.write_all(REFUSAL)?;
    if drain {
        stream.shutdown(Shutdown::Write)?;
        io::copy(&mut stream, &mut io::sink())?;
    }
    Ok(()) // Here the stream is dropped, and so closed.
}

fn upload(mut stream: TcpStream) -> io::Result<String> {
    stream.write_all(&vec![0; 64 << 20])?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn main() -> io::Result<()> {
    for drain in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let client =
            thread::spawn(move || upload(TcpStream::connect(address)?));
        let (stream, _) = listener.accept()?;
        refuse(stream, drain)?;

        let when = if drain { "after draining" } else { "at once" };
        match client.join().expect("the client does not panic") {
            Ok(answer) => print!("server closes {when}: {answer}"),
            Err(e) => println!("server closes {when}: {e}"),
        }
    }
    Ok(())
}
// ANCHOR_END: main
