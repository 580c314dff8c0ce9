//! What every driver has to do with the same machine, over real sockets.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ch03_multiplexing::chat::{Chat, Policy};
use ch03_multiplexing::drivers;
use ch03_multiplexing::echo::Echo;
use ch03_multiplexing::machine::{Event, Machine, Why};
use ch03_multiplexing::table::Limits;
use ch03_sockets::server::system::{leave_room_for, raise_open_files};
use socket2::{Domain, SockRef, Socket, Type};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
enum Driver {
    Poll,
    EpollLevel,
    EpollEdge,
    EpollOneShot,
    Mio,
    Ours,
    Tasks,
    Threads,
    Uring,
}

/// Every driver that works here.
fn all() -> Vec<Driver> {
    let mut all = vec![
        Driver::Poll,
        Driver::EpollLevel,
        Driver::EpollEdge,
        Driver::EpollOneShot,
        Driver::Mio,
        Driver::Ours,
        Driver::Tasks,
        Driver::Threads,
    ];
    match drivers::uring::available() {
        Ok(()) => all.push(Driver::Uring),
        Err(refusal) => eprintln!("io_uring skipped: {refusal}"),
    }
    all
}

fn run<M: Machine + Send + 'static>(
    driver: Driver,
    listener: TcpListener,
    mut machine: M,
    stop: UnixStream,
    log: impl FnMut(Event) + 'static,
) -> io::Result<()> {
    use drivers::epoll::Mode;
    if let Driver::Tasks = driver {
        return drivers::tasks::run(listener, machine, stop, log);
    }
    if let Driver::Ours = driver {
        // Its tasks share the machine.
        return drivers::ours::run(listener, machine, stop, log);
    }
    let machine = &mut machine;
    match driver {
        Driver::Tasks => unreachable!("it takes the machine itself"),
        Driver::Mio => drivers::mio::run(listener, machine, stop, log),
        Driver::Threads => drivers::threads::run(listener, machine, stop, log),
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
        Driver::Ours => unreachable!("see above"),
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
    fn start<M: Machine + Send + 'static>(driver: Driver, machine: M) -> Self {
        Server::on(drivers::listen("127.0.0.1:0").unwrap(), driver, machine)
    }

    fn on<M: Machine + Send + 'static>(
        listener: TcpListener,
        driver: Driver,
        machine: M,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = UnixStream::pair().unwrap();
        let (say, events) = mpsc::channel();
        let thread = thread::spawn(move || {
            run(driver, listener, machine, stopped, move |event| {
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

    /// A guest who reads nothing more, and for whom the kernels hold little.
    fn deaf(&self, name: &str) -> Client {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(&self.address.into()).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut client = Client(BufReader::with_capacity(64, stream));
        client.say(name);
        assert_eq!(client.line(), "* Who are you?", "{:?}", self.driver);
        assert!(client.line().starts_with("* In lobby: "));
        client
    }

    /// The first event that is so.
    fn event(&self, is: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.events.recv_timeout(PATIENCE);
            let event = event
                .unwrap_or_else(|error| panic!("{:?}: {error}", self.driver));
            if is(&event) {
                return event;
            }
        }
    }

    /// Why the peer at `address` is gone, when it is.
    fn end_of(&self, address: SocketAddr) -> Why {
        loop {
            let event = self.events.recv_timeout(PATIENCE);
            match event
                .unwrap_or_else(|error| panic!("{:?}: {error}", self.driver))
            {
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

    /// Says it, and goes on, for as long as the server reads.
    fn flood(&mut self, line: &str) {
        let lines = line.repeat(64 * 1024 / line.len());
        let mut stream = self.0.get_ref();
        let wait = Some(Duration::from_millis(250));
        stream.set_write_timeout(wait).unwrap();
        for _ in 0..1000 {
            if stream.write_all(lines.as_bytes()).is_err() {
                return;
            }
        }
        panic!("the server has taken 64 MiB");
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

/// Sent in one go, and then nothing: whoever reads once for each edge waits
/// for the next one, and so does the client.
// ANCHOR: burst
#[test]
fn a_burst_is_read_to_its_end() {
    const TOTAL: usize = 1024 * 1024;
    for driver in all() {
        let server = Server::start(driver, Echo::new(Limits::default()));
        let client = server.connect();
        let mut sender = client.0.get_ref().try_clone().unwrap();
        let sender = thread::spawn(move || sender.write_all(&[b'x'; TOTAL]));
        let mut back = vec![0; TOTAL];
        let read = client.0.into_inner().read_exact(&mut back);
        read.unwrap_or_else(|error| panic!("{driver:?}: {error}"));
        sender.join().unwrap().unwrap();
    }
}
// ANCHOR_END: burst

/// While it is not read from, the last of its requests arrive; there is no
/// edge when it is read from again.
// ANCHOR: paused
#[test]
fn a_paused_connection_is_read_to_its_end() {
    const REQUESTS: usize = 40_000;
    for driver in all() {
        let server =
            Server::chat(driver, Limits::default(), Policy::Disconnect);
        let mut ann = server.guest("ann");
        let mut sender = ann.0.get_ref().try_clone().unwrap();
        let requests = "/who\n".repeat(REQUESTS);
        let sender = thread::spawn(move || {
            sender.write_all(requests.as_bytes()).unwrap();
        });
        for n in 0..REQUESTS {
            assert_eq!(ann.line(), "* In lobby: ann", "{driver:?}: {n}");
        }
        sender.join().unwrap();
    }
}
// ANCHOR_END: paused

/// Nothing is answered, so the machine has nothing to say about the
/// connection: that there is more to read, the driver has to know by itself.
#[test]
fn who_talks_to_nobody_is_read_to_the_end() {
    for driver in all() {
        let server =
            Server::chat(driver, Limits::default(), Policy::Disconnect);
        let mut ann = server.guest("ann");
        ann.say(&"Anybody?\n".repeat(100_000));
        ann.say("/who");
        assert_eq!(ann.line(), "* In lobby: ann", "{driver:?}");
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

/// Says what it has to say in pieces, in time; the other begins a line, and
/// is never silent.
#[test]
fn a_byte_now_and_then_is_not_a_line() {
    let limits = Limits {
        line: Duration::from_millis(500),
        ..Limits::default()
    };
    for driver in all() {
        let server = Server::chat(driver, limits.clone(), Policy::Disconnect);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let mut slow = server.guest("slow");
        slow.0.get_mut().set_nodelay(true).unwrap();
        let address = slow.address();
        let begin = Instant::now();
        let closed = loop {
            they_talk_in_pieces(&mut ann, &mut bob);
            if slow.0.get_mut().write_all(b"x").is_err() {
                break true;
            }
            let mut ends = server.events.try_iter();
            if let Some(Event::Closed(peer, why)) =
                ends.find(|event| matches!(event, Event::Closed(..)))
            {
                assert_eq!((peer, why), (address, Why::SlowLine(limits.line)));
                break true;
            }
            if begin.elapsed() > PATIENCE {
                break false;
            }
        };
        assert!(closed, "{driver:?}: a byte now and then is enough");
        let took = begin.elapsed();
        assert!(took >= limits.line, "{driver:?}: {took:?}");
        they_talk(&mut ann, &mut bob, "who has left?");
    }
}

fn they_talk_in_pieces(ann: &mut Client, bob: &mut Client) {
    ann.0.get_mut().write_all(b"in pi").unwrap();
    thread::sleep(Duration::from_millis(25));
    they_talk_after("in pi", ann, bob, "eces");
    thread::sleep(Duration::from_millis(25));
}

/// Slow, but it reads: for longer than a stall may last, from a queue that
/// never drains.
#[test]
#[cfg(target_os = "linux")]
fn a_slow_reader_that_reads_is_not_stuck() {
    const STEP: usize = 4096;
    let stall = Duration::from_millis(1000);
    let limits = Limits {
        stall,
        ..Limits::default()
    };
    let serve = |driver, listener| {
        Server::on(listener, driver, Echo::new(limits.clone()))
    };
    thread::scope(|scope| {
        for driver in all() {
            let listener = drivers::listen("127.0.0.1:0").unwrap();
            let server = serve(driver, listener);
            scope.spawn(move || {
                let client = server.connect();
                let (mut sender, mut reader) =
                    (client.0.get_ref(), client.0.get_ref());
                let address = client.address();
                sender.set_nonblocking(true).unwrap();
                let begin = Instant::now();
                while begin.elapsed() < 4 * stall {
                    // As much as it takes, and 200 KB a second.
                    let _ = sender.write(&[b'x'; 64 * 1024]);
                    thread::sleep(Duration::from_millis(20));
                    let _ = reader.read(&mut [0; STEP]);
                }
                for event in server.events.try_iter() {
                    let connected = Event::Connected(address);
                    assert_eq!(event, connected, "{driver:?}");
                }
            });
        }
    });
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

/// Says something, and sees that it is heard, whatever else bob hears.
fn they_talk(ann: &mut Client, bob: &mut Client, text: &str) {
    they_talk_after("", ann, bob, text);
}

/// The same, when `before` is said already.
fn they_talk_after(
    before: &str,
    ann: &mut Client,
    bob: &mut Client,
    text: &str,
) {
    ann.say(text);
    let said = format!("<ann> {before}{text}");
    for _ in 0..1000 {
        if bob.line() == said {
            return;
        }
    }
    panic!("{text}: not heard");
}

/// Questions without end, and none of the answers read: the server stops
/// reading, and hangs up when nothing has moved for too long.
#[test]
fn who_asks_and_never_reads_is_stuck() {
    for driver in all() {
        let limits = Limits {
            stall: Duration::from_millis(500),
            ..Limits::default()
        };
        let server = Server::chat(driver, limits, Policy::Skip);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let mut deaf = server.deaf("deaf");
        deaf.flood("/who\n");
        they_talk(&mut ann, &mut bob, "who was that?");
        let why = server.end_of(deaf.address());
        assert_eq!(why, Why::Stuck(Duration::from_millis(500)), "{driver:?}");
        they_talk(&mut ann, &mut bob, "nobody");
    }
}

#[test]
fn a_reset_in_the_middle_of_a_write_hurts_nobody() {
    for driver in all() {
        let server = Server::chat(driver, Limits::default(), Policy::Skip);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let mut deaf = server.deaf("deaf");
        deaf.flood("/who\n");
        let address = deaf.address();
        let stream = deaf.0.into_inner();
        let sockets = SockRef::from(&stream);
        sockets.set_linger(Some(Duration::ZERO)).unwrap();
        drop(stream);
        let why = server.end_of(address);
        let reset = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
        assert!(
            matches!(why, Why::Failed(kind) if reset.contains(&kind)),
            "{driver:?}: {why}"
        );
        they_talk(&mut ann, &mut bob, "still here");
    }
}

/// A byte now and then while a room talks: what the slow one reads in the
/// end are whole lines, and the number of those that it lacks.
#[test]
fn one_byte_now_and_then_gets_whole_lines() {
    const SAID: usize = 1000;
    for driver in all() {
        let limits = Limits {
            most: 32 * 1024,
            ..Limits::default()
        };
        let server = Server::chat(driver, limits, Policy::Skip);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let mut slow = server.deaf("slow");
        let mut begun = Vec::new();
        for n in 0..SAID {
            they_talk(&mut ann, &mut bob, &format!("{n:0900}"));
            if n % 10 == 0 {
                let mut byte = [0];
                slow.0.read_exact(&mut byte).unwrap();
                begun.push(byte[0]);
            }
        }
        let mut text = String::from_utf8(begun).unwrap();
        let mut got = 0;
        loop {
            text.push_str(&slow.line());
            match text.strip_prefix("<ann> ") {
                Some(number) => {
                    assert_eq!(number.len(), 900, "{driver:?}: {text}");
                    got += 1;
                }
                None => break,
            }
            text.clear();
        }
        let missed = format!("* {} lines left out", SAID - got);
        assert_eq!(text, missed, "{driver:?}");
        they_talk(&mut ann, &mut slow, "back?");
    }
}

#[test]
fn a_crowd_at_the_door_does_not_get_in() {
    for driver in all() {
        let limits = Limits {
            connections: 8,
            ..Limits::default()
        };
        let server = Server::chat(driver, limits, Policy::Disconnect);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let crowd: Vec<_> = (0..200).map(|_| server.connect()).collect();
        they_talk(&mut ann, &mut bob, "a crowd!");
        for _ in 0..200 - 6 {
            let refused = |event: &Event| matches!(event, Event::Refused(..));
            let event = server.event(refused);
            let Event::Refused(peer, why) = event else {
                unreachable!();
            };
            assert_eq!(why, Why::Full(8), "{driver:?}");
            assert!(crowd.iter().any(|client| client.address() == peer));
        }
        drop(crowd);
        for _ in 0..6 {
            server.event(|event| matches!(event, Event::Closed(..)));
        }
        let mut cid = server.guest("cid");
        they_talk(&mut ann, &mut cid, "come in");
    }
}

/// Runs an ignored test of this file in a process of its own, by way of
/// `prefix`; `None` where that cannot be started.
fn alone(prefix: &[&str], name: &str) -> Option<Output> {
    let this = std::env::current_exe().unwrap();
    let this = this.to_str().unwrap();
    let test = [this, "--exact", name, "--ignored", "--nocapture"];
    let command = [prefix, &test].concat();
    let command = Command::new(command[0]).args(&command[1..]).output();
    command.ok()
}

fn passed(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{error}");
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
fn no_descriptor_left() {
    passed(&alone(&[], "alone_without_descriptors").unwrap());
}

#[test]
#[ignore = "takes the descriptors of the process: no_descriptor_left runs it"]
fn alone_without_descriptors() {
    for driver in all() {
        raise_open_files().unwrap();
        let server =
            Server::chat(driver, Limits::default(), Policy::Disconnect);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let crowd: Vec<_> = (0..30)
            .map(|_| Socket::new(Domain::IPV4, Type::STREAM, None).unwrap())
            .collect();
        leave_room_for(10).unwrap();
        for socket in &crowd {
            socket.connect(&server.address.into()).unwrap();
        }
        let said = |event: &Event| matches!(event, Event::AcceptFails(_));
        let event = server.event(said).to_string();
        assert!(event.contains("Too many open files"), "{driver:?}: {event}");
        they_talk(&mut ann, &mut bob, "meanwhile");
        // Long enough for a busy loop to show.
        thread::sleep(Duration::from_millis(200));
        drop(crowd);
        let works = |event: &Event| matches!(event, Event::AcceptWorks(_));
        let Event::AcceptWorks(failures) = server.event(works) else {
            unreachable!();
        };
        assert!(failures < 100, "{driver:?}: {failures}");
        let mut cid = server.guest("cid");
        they_talk(&mut ann, &mut cid, "after");
    }
}

/// The most memory that this process has had, in KiB.
#[cfg(target_os = "linux")]
fn highest() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn ten_thousand_come_at_once() {
    passed(&alone(&[], "alone_with_ten_thousand").unwrap());
}

/// None of them waits for the one before, and there is no place for any.
#[test]
#[cfg(target_os = "linux")]
#[ignore = "takes ten thousand descriptors: ten_thousand_come_at_once runs it"]
fn alone_with_ten_thousand() {
    const CROWD: usize = 10_000;
    raise_open_files().unwrap();
    for driver in all() {
        let limits = Limits {
            connections: 2,
            ..Limits::default()
        };
        let server = Server::chat(driver, limits, Policy::Disconnect);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let before = highest();
        let mut crowd = Vec::new();
        for n in 0..CROWD {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            // It is under way, or refused already.
            let _ = socket.connect(&server.address.into());
            crowd.push(socket);
            if n % 1000 == 0 {
                they_talk(&mut ann, &mut bob, "what a crowd");
            }
        }
        they_talk(&mut ann, &mut bob, "and all at once");
        // The kernel drops who comes while its queue is full, and some of
        // them for good: its answer was a cookie, and it remembers nobody.
        let mut refused = 0;
        let quiet = Duration::from_secs(1);
        while let Ok(event) = server.events.recv_timeout(quiet) {
            match event {
                Event::Connected(_) => {}
                Event::Refused(_, why) => {
                    assert_eq!(why, Why::Full(2), "{driver:?}");
                    refused += 1;
                }
                event => panic!("{driver:?}: {event}"),
            }
        }
        assert!(refused > CROWD / 10, "{driver:?}: {refused} refused");
        they_talk(&mut ann, &mut bob, "none came in");
        let grown = highest().saturating_sub(before);
        assert!(grown < 10 * 1024, "{driver:?}: {grown} KiB more");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded() {
    passed(&alone(&[], "alone_with_twenty_bad_peers").unwrap());
}

/// Twenty peers ask and do not read. Answered all, each would cost the
/// server more than five million bytes.
#[test]
#[cfg(target_os = "linux")]
#[ignore = "measures the memory of its process: memory_is_bounded runs it"]
fn alone_with_twenty_bad_peers() {
    for driver in all() {
        let server = Server::chat(driver, Limits::default(), Policy::Skip);
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let mut peers: Vec<_> =
            (0..20).map(|n| server.deaf(&format!("{n:016}"))).collect();
        let before = highest();
        thread::scope(|scope| {
            for peer in &mut peers {
                scope.spawn(|| peer.flood("/who\n"));
            }
        });
        they_talk(&mut ann, &mut bob, "anybody?");
        let grown = highest().saturating_sub(before);
        assert!(grown < 10 * 1024, "{driver:?}: {grown} KiB more");
    }
}

/// A peer whose address is gone from the network: nothing it is sent
/// arrives, and nothing says so.
#[test]
#[cfg(target_os = "linux")]
fn a_peer_that_is_gone_without_a_word() {
    const PREPARE: &str = "ip link set lo up && \
        ip address add 10.9.8.7/32 dev lo";
    let script = |script: &str| {
        let script = format!("{PREPARE} && {script}");
        Command::new("unshare")
            .args(["-rn", "sh", "-c", &script])
            .output()
    };
    match script("true") {
        Ok(output) if output.status.success() => {}
        _ => {
            eprintln!("skipped: no unshare, no ip, or no namespaces here");
            return;
        }
    }
    let script = format!("{PREPARE} && exec \"$0\" \"$@\"");
    let prefix = ["unshare", "-rn", "sh", "-c", &script];
    passed(&alone(&prefix, "alone_in_a_namespace").unwrap());
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "takes an address away: a_peer_that_is_gone_without_a_word runs it"]
fn alone_in_a_namespace() {
    let address = |verb: &str| {
        let mut ip = Command::new("ip");
        ip.args(["address", verb, "10.9.8.7/32", "dev", "lo"]);
        assert!(ip.status().unwrap().success());
    };
    let stall = Duration::from_millis(500);
    for driver in all() {
        for policy in [Policy::Disconnect, Policy::Skip] {
            let limits = Limits {
                stall,
                most: 16 * 1024,
                ..Limits::default()
            };
            let server = Server::chat(driver, limits, policy);
            let mut ann = server.guest("ann");
            let mut bob = server.guest("bob");
            let far: SocketAddr = "10.9.8.7:0".parse().unwrap();
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.bind(&far.into()).unwrap();
            socket.connect(&server.address.into()).unwrap();
            let mut gone = Client(BufReader::new(socket.into()));
            gone.say("gone");
            assert_eq!(bob.line(), "* gone is here");
            let peer = gone.address();
            address("delete");
            for n in 0..300 {
                they_talk(&mut ann, &mut bob, &format!("{n:0900}"));
            }
            let why = server.end_of(peer);
            match policy {
                Policy::Skip => assert_eq!(why, Why::Stuck(stall)),
                Policy::Disconnect => {
                    assert!(matches!(why, Why::SlowReader(_)), "{why}");
                }
            }
            they_talk(&mut ann, &mut bob, "who has left?");
            address("add");
        }
    }
}

/// All of them at once, before the driver has begun: it is told once.
#[test]
fn who_has_waited_at_the_door_gets_in() {
    for driver in all() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let waiting: Vec<_> = (0..100)
            .map(|_| TcpStream::connect(address).unwrap())
            .collect();
        let chat = Chat::new(Limits::default(), Policy::Disconnect);
        let _server = Server::on(listener, driver, chat);
        for stream in waiting {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let line = Client(BufReader::new(stream)).line();
            assert_eq!(line, "* Who are you?", "{driver:?}");
        }
    }
}

/// One sends faster than it is read, and is always ready: the others get
/// their turn.
#[test]
fn a_flood_does_not_keep_others_waiting() {
    for driver in all() {
        let server =
            Server::chat(driver, Limits::default(), Policy::Disconnect);
        let mut flood = server.guest("flood");
        flood.say("/join alone");
        assert_eq!(flood.line(), "* In alone: flood");
        let mut ann = server.guest("ann");
        let (done, flood) = (AtomicBool::new(false), flood.0.into_inner());
        thread::scope(|scope| {
            let (done, mut to) = (&done, &flood);
            scope.spawn(move || {
                let lines = "Nobody?\n".repeat(8 * 1024);
                let begin = Instant::now();
                while !done.load(Relaxed) && begin.elapsed() < PATIENCE {
                    to.write_all(lines.as_bytes()).unwrap();
                }
            });
            thread::sleep(Duration::from_millis(20));
            for _ in 0..10 {
                ann.say("/who");
                assert_eq!(ann.line(), "* In lobby: ann", "{driver:?}");
            }
            done.store(true, Relaxed);
        });
    }
}

/// Ann's line is too much for Bob, who is thrown out; before he is told, Dan
/// comes in and gets his place in the table.
#[test]
fn who_is_thrown_out_hears_it_though_his_place_is_taken() {
    for driver in all() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = UnixStream::pair().unwrap();
        let (say, events) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let limits = Limits {
            most: 100,
            ..Limits::default()
        };
        let chat = Chat::new(limits, Policy::Disconnect);
        let thread = thread::spawn(move || {
            // The log of Eve's end holds the server until all is prepared.
            run(driver, listener, chat, stopped, move |event| {
                let quit = matches!(event, Event::Closed(_, Why::Quit));
                let _ = say.send(event);
                if quit {
                    let _ = wait.recv_timeout(PATIENCE);
                }
            })
        });
        let mut server = Server {
            driver,
            address,
            stop: Some(stop),
            thread: Some(thread),
            events,
        };
        let mut ann = server.guest("ann");
        let mut bob = server.guest("bob");
        let mut eve = server.guest("eve");
        eve.say("/quit");
        server.event(|e| matches!(e, Event::Closed(_, Why::Quit)));
        ann.say(&"x".repeat(150));
        let mut dan = server.connect();
        go.send(()).unwrap();
        assert_eq!(dan.line(), "* Who are you?", "{driver:?}");
        let mut rest = String::new();
        let end = bob.0.read_to_string(&mut rest);
        assert!(end.is_ok(), "{driver:?}: {end:?} after {rest:?}");
        server.stop();
    }
}
