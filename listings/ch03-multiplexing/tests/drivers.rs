//! What every driver has to do with the same machine, over real sockets.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ch03_multiplexing::chat::{Chat, Policy};
use ch03_multiplexing::drivers;
use ch03_multiplexing::echo::Echo;
use ch03_multiplexing::machine::{Event, Machine, Why};
use ch03_multiplexing::table::Limits;
use socket2::SockRef;

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
enum Driver {
    Poll,
    EpollLevel,
    EpollEdge,
    EpollOneShot,
    Uring,
}

/// Every driver that works here.
fn all() -> Vec<Driver> {
    let mut all = vec![
        Driver::Poll,
        Driver::EpollLevel,
        Driver::EpollEdge,
        Driver::EpollOneShot,
    ];
    match drivers::uring::available() {
        Ok(()) => all.push(Driver::Uring),
        Err(refusal) => eprintln!("io_uring skipped: {refusal}"),
    }
    all
}

fn run<M: Machine>(
    driver: Driver,
    listener: TcpListener,
    machine: &mut M,
    stop: UnixStream,
    log: impl FnMut(Event),
) -> io::Result<()> {
    use drivers::epoll::Mode;
    match driver {
        Driver::Poll => drivers::poll::run(listener, machine, stop, log),
        Driver::EpollLevel => {
            drivers::epoll::run(listener, machine, Mode::Level, stop, log)
        }
        Driver::EpollEdge => {
            drivers::epoll::run(listener, machine, Mode::Edge, stop, log)
        }
        Driver::EpollOneShot => {
            drivers::epoll::run(listener, machine, Mode::OneShot, stop, log)
        }
        Driver::Uring => drivers::uring::run(listener, machine, stop, log),
    }
}

/// A server in a thread, which is stopped and waited for at the end.
struct Server {
    driver: Driver,
    address: SocketAddr,
    stop: Option<UnixStream>,
    thread: Option<JoinHandle<io::Result<()>>>,
    events: mpsc::Receiver<Event>,
}

impl Server {
    fn start<M: Machine + Send + 'static>(
        driver: Driver,
        mut machine: M,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = UnixStream::pair().unwrap();
        let (say, events) = mpsc::channel();
        let thread = thread::spawn(move || {
            run(driver, listener, &mut machine, stopped, |event| {
                let _ = say.send(event);
            })
        });
        Server {
            driver,
            address,
            stop: Some(stop),
            thread: Some(thread),
            events,
        }
    }

    fn chat(driver: Driver, limits: Limits, policy: Policy) -> Self {
        Server::start(driver, Chat::new(limits, policy))
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Client(BufReader::new(stream))
    }

    fn guest(&self, name: &str) -> Client {
        let mut client = self.connect();
        assert_eq!(client.line(), "* Who are you?", "{:?}", self.driver);
        client.say(name);
        let line = client.line();
        assert!(line.starts_with("* In lobby"), "{:?}: {line}", self.driver);
        client
    }

    /// Why the peer at `address` is gone, when it is.
    fn end_of(&self, address: SocketAddr) -> Why {
        loop {
            let event = self.events.recv_timeout(PATIENCE);
            match event.expect("an event in time") {
                Event::Closed(peer, why) if peer == address => return why,
                Event::Refused(peer, why) if peer == address => return why,
                _ => {}
            }
        }
    }

    fn stop(&mut self) {
        drop(self.stop.take());
        let thread = self.thread.take().unwrap();
        thread.join().unwrap().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !thread::panicking() && self.thread.is_some() {
            self.stop();
        }
    }
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn say(&mut self, line: &str) {
        let line = format!("{line}\n");
        self.0.get_mut().write_all(line.as_bytes()).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn address(&self) -> SocketAddr {
        self.0.get_ref().local_addr().unwrap()
    }
}

#[test]
fn people_talk() {
    for driver in all() {
        let mut server =
            Server::chat(driver, Limits::default(), Policy::Disconnect);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        assert_eq!(ann.line(), "* bob is here");
        ann.say("Hello!");
        assert_eq!(bob.line(), "<ann> Hello!");
        bob.say("Oh");
        assert_eq!(ann.line(), "<bob> Oh");
        bob.say("/quit");
        assert_eq!(bob.line(), "* Bye.");
        assert_eq!(bob.line(), "");
        assert_eq!(ann.line(), "* bob has left");
        server.stop();
        assert_eq!(ann.line(), "");
    }
}

/// More than the buffers hold, sent and read at once: nothing is lost.
#[test]
fn every_byte_comes_back_once() {
    const TOTAL: usize = 8 * 1024 * 1024;
    for driver in all() {
        let server = Server::start(driver, Echo::new(Limits::default()));
        let client = server.connect();
        let sender = client.0.get_ref().try_clone().unwrap();
        let bytes: Vec<u8> = (0..TOTAL).map(|n| (n % 251) as u8).collect();
        thread::scope(|scope| {
            scope.spawn(|| {
                (&sender).write_all(&bytes).unwrap();
                sender.shutdown(Shutdown::Write).unwrap();
            });
            let mut back = Vec::new();
            client.0.into_inner().read_to_end(&mut back).unwrap();
            assert_eq!(back.len(), TOTAL, "{driver:?}");
            assert!(back == bytes, "{driver:?}");
        });
    }
}

#[test]
fn a_client_that_never_reads_costs_the_others_nothing() {
    for driver in all() {
        let limits = Limits {
            most: 64 * 1024,
            ..Limits::default()
        };
        let server = Server::chat(driver, limits, Policy::Disconnect);
        let deaf = server.guest("deaf");
        SockRef::from(deaf.0.get_ref())
            .set_recv_buffer_size(4096)
            .unwrap();
        let address = deaf.address();
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        assert_eq!(ann.line(), "* bob is here");
        let text = "x".repeat(1000);
        let mut gone = false;
        for _ in 0..20_000 {
            ann.say(&text);
            let line = bob.line();
            if line == "* deaf has left" {
                gone = true;
                break;
            }
            assert_eq!(line.len(), "<ann> ".len() + 1000);
        }
        assert!(gone, "{driver:?}");
        let why = server.end_of(address);
        assert!(matches!(why, Why::SlowReader(_)), "{driver:?}: {why}");
    }
}

#[test]
fn whoever_resets_is_gone_and_named() {
    for driver in all() {
        let server =
            Server::chat(driver, Limits::default(), Policy::Disconnect);
        let mut ann = server.guest("ann");
        let bob = server.guest("bob");
        let address = bob.address();
        assert_eq!(ann.line(), "* bob is here");
        SockRef::from(bob.0.get_ref())
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        drop(bob);
        assert_eq!(ann.line(), "* bob has left");
        let why = server.end_of(address);
        let reset = Why::Failed(ErrorKind::ConnectionReset);
        assert_eq!(why, reset, "{driver:?}");
    }
}

#[test]
fn one_byte_at_a_time_and_an_endless_line() {
    for driver in all() {
        let server =
            Server::chat(driver, Limits::default(), Policy::Disconnect);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        assert_eq!(ann.line(), "* bob is here");
        for byte in b"slowly\n" {
            bob.0.get_mut().write_all(&[*byte]).unwrap();
            thread::sleep(Duration::from_millis(2));
        }
        assert_eq!(ann.line(), "<bob> slowly");
        let address = bob.address();
        bob.0.get_mut().write_all(&[b'x'; 2000]).unwrap();
        assert_eq!(ann.line(), "* bob has left");
        assert_eq!(server.end_of(address), Why::LongLine(1024));
    }
}

#[test]
fn silence_has_a_limit_and_so_has_the_number_of_clients() {
    for driver in all() {
        let limits = Limits {
            connections: 2,
            idle: Duration::from_millis(300),
            ..Limits::default()
        };
        let server = Server::chat(driver, limits, Policy::Disconnect);
        let ann = server.guest("ann");
        let _bob = server.guest("bob");
        let refused = server.connect();
        assert_eq!(server.end_of(refused.address()), Why::Full(2));
        let why = server.end_of(ann.address());
        assert!(matches!(why, Why::Silent(_)), "{driver:?}: {why}");
        drop(server.connect());
    }
}
