//! A chat on `poll(2)`: one thread, any number of guests. Without arguments,
//! two guests talk; `--serve ADDR` serves until Ctrl-C or SIGTERM.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use ch03_multiplexing::chat::{Chat, Policy};
use ch03_multiplexing::drivers::{listen, poll, stop_on_signals};
use ch03_multiplexing::table::Limits;

// ANCHOR: serve
fn serve(address: &str) -> io::Result<()> {
    let listener = listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    let mut chat = Chat::new(Limits::default(), Policy::Disconnect);
    poll::run(listener, &mut chat, stop_on_signals()?, |event| {
        // `eprintln!` would panic once standard error is closed.
        let _ = writeln!(io::stderr(), "{event}");
    })
}
// ANCHOR_END: serve

/// A client that shows what it sends and what it hears.
struct Guest(&'static str, BufReader<TcpStream>);

impl Guest {
    fn connect(name: &'static str, to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut guest = Guest(name, BufReader::new(stream));
        guest.hear()?;
        guest.send(&format!("{name}\n"))?;
        guest.hear()?;
        Ok(guest)
    }

    fn send(&mut self, text: &str) -> io::Result<()> {
        println!("{} -> {text:?}", self.0);
        self.1.get_mut().write_all(text.as_bytes())
    }

    fn hear(&mut self) -> io::Result<()> {
        let mut line = String::new();
        self.1.read_line(&mut line)?;
        println!("{} <- {line:?}", self.0);
        Ok(())
    }
}

// ANCHOR: guests
fn guests(address: SocketAddr, stop: UnixStream) -> io::Result<()> {
    let mut ann = Guest::connect("ann", address)?;
    ann.send("Is any")?;
    let mut bob = Guest::connect("bob", address)?;
    ann.hear()?;
    bob.send("Hello!\n")?;
    ann.hear()?;
    ann.send("body here?\n")?;
    bob.hear()?;
    bob.send("/quit\n")?;
    bob.hear()?;
    bob.hear()?;
    ann.hear()?;
    drop(stop);
    ann.hear()
}
// ANCHOR_END: guests

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    if let Some("--serve") = arguments.next().as_deref() {
        let address = arguments.next().ok_or("--serve needs an address")?;
        return Ok(serve(&address)?);
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (stop, stopped) = UnixStream::pair()?;
    let mut log = Vec::new();
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let mut chat = Chat::new(Limits::default(), Policy::Disconnect);
            poll::run(listener, &mut chat, stopped, |event| log.push(event))
        });
        let talked = guests(address, stop);
        server.join().expect("the server does not panic")?;
        talked
    })?;
    println!("The server's log:");
    for event in log {
        println!("{event}");
    }
    Ok(())
}
