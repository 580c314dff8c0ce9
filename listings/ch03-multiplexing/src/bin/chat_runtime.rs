//! The chat as tasks on our own runtime, a task a guest. Without arguments,
//! two guests talk; `--serve ADDR` serves until Ctrl-C or SIGTERM.

#[cfg(target_os = "linux")]
use {
    ch03_multiplexing::chat::{Chat, Policy},
    ch03_multiplexing::drivers::{listen, ours, stop_on_signals},
    ch03_multiplexing::table::Limits,
    std::error::Error,
    std::io::{self, BufRead, BufReader, Write},
    std::net::{SocketAddr, TcpListener, TcpStream},
    std::os::unix::net::UnixStream,
    std::sync::mpsc,
    std::thread,
    std::time::Duration,
};

// ANCHOR: serve
#[cfg(target_os = "linux")]
fn serve(address: &str) -> io::Result<()> {
    let listener = listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    let chat = Chat::new(Limits::default(), Policy::Disconnect);
    ours::run(listener, chat, stop_on_signals()?, |event| {
        // `eprintln!` would panic once standard error is closed.
        let _ = writeln!(io::stderr(), "{event}");
    })
}
// ANCHOR_END: serve

/// A client that shows what it sends and what it hears.
#[cfg(target_os = "linux")]
struct Guest(&'static str, BufReader<TcpStream>);

#[cfg(target_os = "linux")]
impl Guest {
    fn connect(name: &'static str, to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.set_write_timeout(Some(Duration::from_secs(5)))?;
        let mut guest = Guest(name, BufReader::new(stream));
        guest.hear()?;
        guest.say(name)?;
        guest.hear()?;
        Ok(guest)
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        println!("{} -> {line}", self.0);
        self.1.get_mut().write_all(format!("{line}\n").as_bytes())
    }

    fn hear(&mut self) -> io::Result<()> {
        let mut line = String::new();
        match self.1.read_line(&mut line)? {
            0 => println!("{} <- (the end)", self.0),
            _ => print!("{} <- {line}", self.0),
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn talk(server: SocketAddr, stop: UnixStream) -> io::Result<()> {
    let mut ann = Guest::connect("ann", server)?;
    let mut bob = Guest::connect("bob", server)?;
    ann.hear()?;
    ann.say("Are you a task?")?;
    bob.hear()?;
    bob.say("A future, until somebody polls me.")?;
    ann.hear()?;
    bob.say("/quit")?;
    bob.hear()?;
    bob.hear()?;
    ann.hear()?;
    drop(stop);
    ann.hear()
}

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    if let Some("--serve") = arguments.next().as_deref() {
        let address = arguments.next().ok_or("--serve needs an address")?;
        return Ok(serve(&address)?);
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (stop, stopped) = UnixStream::pair()?;
    let (log, events) = mpsc::channel();
    let server = thread::spawn(move || {
        let chat = Chat::new(Limits::default(), Policy::Disconnect);
        ours::run(listener, chat, stopped, move |event| {
            let _ = log.send(event);
        })
    });
    let talked = talk(address, stop);
    server.join().expect("the server does not panic")?;
    talked?;
    println!("The server's log:");
    for event in events {
        println!("{event}");
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The runtime of this chapter uses epoll: it needs Linux.");
}
