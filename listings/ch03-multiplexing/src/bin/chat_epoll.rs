//! The chat over epoll. Without arguments, a conversation that ends by
//! itself; with `--serve ADDRESS`, a server until Ctrl-C or SIGTERM.

#[cfg(target_os = "linux")]
mod linux {
    use std::error::Error;
    use std::io::{self, BufRead, BufReader, Write};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::os::unix::net::UnixStream;
    use std::thread;
    use std::time::Duration;

    use ch03_multiplexing::chat::{Chat, Policy};
    use ch03_multiplexing::drivers::epoll::{Mode, run};
    use ch03_multiplexing::drivers::{listen, stop_on_signals};
    use ch03_multiplexing::table::Limits;

    const USAGE: &str =
        "usage: chat_epoll [--serve ADDRESS [--mode level|edge|oneshot]]";
    const PATIENCE: Duration = Duration::from_secs(5);

    pub fn main() -> Result<(), Box<dyn Error>> {
        let arguments: Vec<_> = std::env::args().skip(1).collect();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        match arguments[..] {
            [] => demo(),
            ["--serve", address] => serve(address, Mode::Edge),
            ["--serve", address, "--mode", mode] => {
                serve(address, mode_named(mode)?)
            }
            _ => Err(USAGE.into()),
        }
    }

    fn mode_named(name: &str) -> Result<Mode, &'static str> {
        match name {
            "level" => Ok(Mode::Level),
            "edge" => Ok(Mode::Edge),
            "oneshot" => Ok(Mode::OneShot),
            _ => Err(USAGE),
        }
    }

    // ANCHOR: serve
    fn serve(address: &str, mode: Mode) -> Result<(), Box<dyn Error>> {
        let listener = listen(address)?;
        let stop = stop_on_signals()?;
        println!("listening on {}", listener.local_addr()?);
        let mut chat = Chat::new(Limits::default(), Policy::Disconnect);
        run(listener, &mut chat, mode, stop, |event| {
            // `eprintln!` would panic once standard error is closed.
            let _ = writeln!(io::stderr(), "{event}");
        })?;
        Ok(())
    }
    // ANCHOR_END: serve

    // ANCHOR: demo
    fn demo() -> Result<(), Box<dyn Error>> {
        let level = conversation(Mode::Level)?;
        print!("{level}");
        for mode in [Mode::Edge, Mode::OneShot] {
            let same = conversation(mode)? == level;
            println!("{mode:?}: the same as level-triggered: {same}");
        }
        Ok(())
    }

    fn conversation(mode: Mode) -> io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (stop, stopped) = UnixStream::pair()?;
        let server = thread::spawn(move || {
            let mut chat = Chat::new(Limits::default(), Policy::Disconnect);
            run(listener, &mut chat, mode, stopped, |_| {})
        });
        let talked = talk(address);
        drop(stop);
        server.join().expect("the driver does not panic")?;
        talked
    }
    // ANCHOR_END: demo

    fn talk(address: SocketAddr) -> io::Result<String> {
        let mut log = String::new();
        let mut ann = Client::connect("ann", address)?;
        ann.hears(&mut log)?;
        ann.says("ann", &mut log)?;
        ann.hears(&mut log)?;
        let mut bob = Client::connect("bob", address)?;
        bob.hears(&mut log)?;
        bob.says("bob", &mut log)?;
        bob.hears(&mut log)?;
        ann.hears(&mut log)?;
        ann.says("Hello!", &mut log)?;
        bob.hears(&mut log)?;
        bob.says("/quit", &mut log)?;
        bob.hears(&mut log)?;
        ann.hears(&mut log)?;
        Ok(log)
    }

    struct Client {
        name: &'static str,
        stream: BufReader<TcpStream>,
    }

    impl Client {
        fn connect(name: &'static str, to: SocketAddr) -> io::Result<Self> {
            let stream = TcpStream::connect(to)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            let stream = BufReader::new(stream);
            Ok(Client { name, stream })
        }

        fn says(&mut self, line: &str, log: &mut String) -> io::Result<()> {
            *log += &format!("{} -> {line}\n", self.name);
            let line = format!("{line}\n");
            self.stream.get_mut().write_all(line.as_bytes())
        }

        fn hears(&mut self, log: &mut String) -> io::Result<()> {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            *log += &format!("{} <- {}\n", self.name, line.trim_end());
            Ok(())
        }
    }
}

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses epoll: it needs Linux.");
}
