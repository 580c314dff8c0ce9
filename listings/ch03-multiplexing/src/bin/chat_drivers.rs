//! One chat, five drivers: whatever waits for them, the guests hear the same.
//! Without arguments, each driver serves the same talk;
//! `--serve ADDR --driver poll|epoll|mio|tokio|threads` serves until Ctrl-C
//! or SIGTERM.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use ch03_multiplexing::chat::{Chat, Policy};
use ch03_multiplexing::drivers::{self, listen, stop_on_signals};
use ch03_multiplexing::machine::Event;
use ch03_multiplexing::table::Limits;

// ANCHOR: drivers
const DRIVERS: &[&str] = match cfg!(target_os = "linux") {
    true => &["poll", "epoll", "mio", "tokio", "threads"],
    false => &["poll", "mio", "tokio", "threads"],
};

fn run(
    driver: &str,
    listener: TcpListener,
    stop: UnixStream,
    log: impl FnMut(Event),
) -> io::Result<()> {
    let mut chat = Chat::new(Limits::default(), Policy::Disconnect);
    match driver {
        "poll" => drivers::poll::run(listener, &mut chat, stop, log),
        #[cfg(target_os = "linux")]
        "epoll" => {
            let mode = drivers::epoll::Mode::Level;
            drivers::epoll::run(listener, &mut chat, mode, stop, log)
        }
        "mio" => drivers::mio::run(listener, &mut chat, stop, log),
        "tokio" => drivers::tasks::run(listener, chat, stop, log),
        "threads" => drivers::threads::run(listener, &mut chat, stop, log),
        _ => Err(io::Error::other(format!(
            "{driver}: not one of {DRIVERS:?}"
        ))),
    }
}
// ANCHOR_END: drivers

/// A guest, and what was said and heard by all of them.
struct Guest(&'static str, BufReader<TcpStream>);

impl Guest {
    fn connect(
        name: &'static str,
        to: SocketAddr,
        talk: &mut Vec<String>,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut guest = Guest(name, BufReader::new(stream));
        guest.hear(talk)?;
        guest.say(name, talk)?;
        guest.hear(talk)?;
        Ok(guest)
    }

    fn say(&mut self, line: &str, talk: &mut Vec<String>) -> io::Result<()> {
        talk.push(format!("{} -> {line}", self.0));
        self.1.get_mut().write_all(format!("{line}\n").as_bytes())
    }

    fn hear(&mut self, talk: &mut Vec<String>) -> io::Result<()> {
        let mut line = String::new();
        let end = self.1.read_line(&mut line)? == 0;
        let line = if end { "(end)" } else { line.trim_end() };
        talk.push(format!("{} <- {line}", self.0));
        Ok(())
    }
}

fn talk(address: SocketAddr, stop: UnixStream) -> io::Result<Vec<String>> {
    let mut talk = Vec::new();
    let mut ann = Guest::connect("ann", address, &mut talk)?;
    let mut bob = Guest::connect("bob", address, &mut talk)?;
    ann.hear(&mut talk)?;
    ann.say("Who waits for us?", &mut talk)?;
    bob.hear(&mut talk)?;
    bob.say("/quit", &mut talk)?;
    bob.hear(&mut talk)?;
    bob.hear(&mut talk)?;
    ann.hear(&mut talk)?;
    drop(stop);
    ann.hear(&mut talk)?;
    Ok(talk)
}

/// What the guests said and heard, and the server's log, without addresses.
fn play(driver: &str) -> io::Result<(Vec<String>, Vec<String>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (stop, stopped) = UnixStream::pair()?;
    let mut log = Vec::new();
    let talk = thread::scope(|scope| {
        let server = scope.spawn(|| {
            run(driver, listener, stopped, |event| {
                let line = event.to_string();
                let (_, rest) = line.split_once(' ').unwrap_or_default();
                log.push(rest.to_owned());
            })
        });
        let talk = talk(address, stop);
        server.join().expect("the server does not panic")?;
        talk
    })?;
    Ok((talk, log))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {}
        ["--serve", address, "--driver", driver] => {
            let listener = listen(address)?;
            println!("listening on {}", listener.local_addr()?);
            let stop = stop_on_signals()?;
            return Ok(run(driver, listener, stop, |event| {
                // `eprintln!` would panic once standard error is closed.
                let _ = writeln!(io::stderr(), "{event}");
            })?);
        }
        _ => return Err("--serve ADDR --driver NAME, or nothing".into()),
    }
    let first = play(DRIVERS[0])?;
    println!("{}\nThe log:\n{}", first.0.join("\n"), first.1.join("\n"));
    for driver in DRIVERS {
        let same = play(driver)? == first;
        println!("{driver}: {}", if same { "the same" } else { "not so" });
    }
    Ok(())
}
