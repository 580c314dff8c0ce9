//! A chat server on io_uring. `--serve ADDR` keeps it running.

#[cfg(target_os = "linux")]
use {
    ch03_multiplexing::chat::{Chat, Policy},
    ch03_multiplexing::drivers::{listen, stop_on_signals, uring},
    ch03_multiplexing::table::Limits,
    std::io::{self, BufRead, BufReader, Write},
    std::net::{SocketAddr, TcpListener, TcpStream},
    std::os::unix::net::UnixStream,
    std::thread,
    std::time::Duration,
};

#[cfg(target_os = "linux")]
// ANCHOR: main
fn main() -> io::Result<()> {
    if let Err(refusal) = uring::available() {
        println!("{refusal}");
        return Ok(());
    }
    let mut chat = Chat::new(Limits::default(), Policy::Disconnect);
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--serve") {
        let address = arguments.next().unwrap_or("127.0.0.1:7000".into());
        let listener = listen(&address)?;
        eprintln!("listening on {}", listener.local_addr()?);
        let stop = stop_on_signals()?;
        return uring::run(listener, &mut chat, stop, |event| {
            // `eprintln!` would panic once standard error is closed.
            let _ = writeln!(io::stderr(), "{event}");
        });
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (stop, stopped) = UnixStream::pair()?;
    let server =
        thread::spawn(move || uring::run(listener, &mut chat, stopped, drop));
    talk(address)?;
    drop(stop);
    server.join().expect("the server does not panic")
}
// ANCHOR_END: main

#[cfg(target_os = "linux")]
fn talk(address: SocketAddr) -> io::Result<()> {
    let mut ann = Guest::connect("ann", address)?;
    ann.hears()?;
    ann.says("ann")?;
    ann.hears()?;
    let mut bob = Guest::connect("bob", address)?;
    bob.hears()?;
    bob.says("bob")?;
    bob.hears()?;
    ann.hears()?;
    ann.says("Who carries the bytes?")?;
    bob.hears()?;
    bob.says("The kernel.")?;
    ann.hears()?;
    bob.says("/quit")?;
    bob.hears()?;
    ann.hears()
}

#[cfg(target_os = "linux")]
struct Guest(&'static str, BufReader<TcpStream>);

#[cfg(target_os = "linux")]
impl Guest {
    fn connect(name: &'static str, server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        Ok(Guest(name, BufReader::new(stream)))
    }

    fn says(&mut self, line: &str) -> io::Result<()> {
        println!("{} -> {line}", self.0);
        self.1.get_mut().write_all(format!("{line}\n").as_bytes())
    }

    fn hears(&mut self) -> io::Result<()> {
        let mut line = String::new();
        self.1.read_line(&mut line)?;
        println!("{} <- {}", self.0, line.trim_end());
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses io_uring: it needs Linux.");
}
