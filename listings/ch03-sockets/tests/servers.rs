//! Hostile and unlucky clients against both drivers of the server. In each
//! case an honest client is answered meanwhile, and the log names the peer
//! and the cause.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ch03_sockets::frame::{Codec, LengthPrefixed, Lines};
use ch03_sockets::server::system::bind_path;
use ch03_sockets::server::{
    Config, Event, Log, Overflow, Peer, Report, tasks, threads,
};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};

const MS: Duration = Duration::from_millis(1);
/// Nothing here may take longer.
const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
enum Driver {
    Threads,
    Tokio,
}

/// A server under test.
struct Running {
    address: SocketAddr,
    stop: UnixStream,
    /// One line for each event.
    log: Receiver<String>,
    done: Receiver<io::Result<Report>>,
    _server: JoinHandle<()>,
}

/// Answers "panic" by a panic, "wait" after a while, "much" by a lot, and
/// anything else in upper case.
fn answer(message: &[u8]) -> Vec<u8> {
    match message {
        b"panic" => panic!("asked to"),
        b"much" => vec![b'x'; MUCH],
        other => other.to_ascii_uppercase(),
    }
}

/// More than the buffers of a connection over loopback take.
const MUCH: usize = 16 << 20;

fn start(driver: Driver, config: Config) -> Running {
    start_with(driver, config, Lines::new(MUCH))
}

fn start_with<C>(driver: Driver, config: Config, codec: C) -> Running
where
    C: Codec + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    start_on(driver, config, codec, listener, address)
}

fn start_on<C>(
    driver: Driver,
    config: Config,
    codec: C,
    listener: impl Into<OwnedFd> + Send + 'static,
    address: SocketAddr,
) -> Running
where
    C: Codec + Clone + Send + Sync + 'static,
{
    let (tell, log) = mpsc::channel();
    let config = Config {
        log: Log::to(move |event: &Event| {
            let _ = tell.send(event.to_string());
        }),
        ..config
    };
    let (stop, stopped) = UnixStream::pair().unwrap();
    let (send, done) = mpsc::channel();
    let server = thread::spawn(move || {
        let report = match driver {
            Driver::Threads => {
                threads::run(listener, stopped, config, codec, |_, message| {
                    if message == b"wait" {
                        thread::sleep(300 * MS);
                    }
                    answer(message)
                })
            }
            Driver::Tokio => on_tokio(listener.into(), stopped, config, codec),
        };
        let _ = send.send(report);
    });
    Running {
        address,
        stop,
        log,
        done,
        _server: server,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn on_tokio<C>(
    listener: OwnedFd,
    stopped: UnixStream,
    config: Config,
    codec: C,
) -> io::Result<Report>
where
    C: Codec + Clone + Send + Sync + 'static,
{
    stopped.set_nonblocking(true)?;
    let stopped = tokio::net::UnixStream::from_std(stopped)?;
    let shutdown = async move {
        let _ = stopped.readable().await;
    };
    let handler = async |_: Peer, message: bytes::Bytes| {
        if message == b"wait"[..] {
            tokio::time::sleep(300 * MS).await;
        }
        answer(&message)
    };
    let socket = Socket::from(listener);
    socket.set_nonblocking(true)?;
    if socket.local_addr()?.is_unix() {
        let fd = OwnedFd::from(socket);
        let listener = tokio::net::UnixListener::from_std(fd.into())?;
        tasks::run(listener, shutdown, config, codec, handler).await
    } else {
        let listener = tokio::net::TcpListener::from_std(socket.into())?;
        tasks::run(listener, shutdown, config, codec, handler).await
    }
}

impl Running {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// Waits for the event of `peer` that begins with `what`.
    fn event(&self, peer: &TcpStream, what: &str) -> String {
        self.event_line(&format!("{}: {what}", peer.local_addr().unwrap()))
    }

    fn event_line(&self, wanted: &str) -> String {
        let end = Instant::now() + DEADLINE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.log.recv_timeout(left).unwrap_or_else(|_| {
                panic!("no event {wanted:?} within {DEADLINE:?}")
            });
            if line.starts_with(wanted) {
                return line;
            }
        }
    }

    fn honest_client_is_answered(&self) {
        assert_eq!(ask(&self.connect(), "honest\n"), "HONEST\n");
    }

    fn stop(self) -> Report {
        drop(self.stop);
        self.done.recv_timeout(DEADLINE).unwrap().unwrap()
    }
}

fn ask(stream: &TcpStream, line: &str) -> String {
    { stream }.write_all(line.as_bytes()).unwrap();
    hear(stream)
}

fn hear(stream: &TcpStream) -> String {
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer
}

/// Reads until the server has closed, by an end or by a reset.
fn is_closed(mut stream: &TcpStream) {
    let mut bytes = [0; 65536];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                return;
            }
            Err(error) => panic!("not closed: {error}"),
        }
    }
}

/// Runs each case on both drivers.
macro_rules! on_both {
    ($( $(#[$meta:meta])* fn $name:ident($driver:ident) $body:block )+) => {
        mod on_threads {
            use super::*;
            $( $(#[$meta])* #[test] fn $name() {
                super::$name(Driver::Threads);
            } )+
        }
        mod on_tokio {
            use super::*;
            $( $(#[$meta])* #[test] fn $name() {
                super::$name(Driver::Tokio);
            } )+
        }
        $( fn $name($driver: Driver) $body )+
    };
}

on_both! {
    fn a_hostile_length(driver) {
        let codec = LengthPrefixed::new(1024);
        let server = start_with(driver, Config::default(), codec);
        let mut hostile = server.connect();
        hostile.write_all(&u32::MAX.to_be_bytes()).unwrap();
        let mut honest = server.connect();
        honest.write_all(b"\0\0\0\x02hi").unwrap();
        let mut answer = [0; 6];
        honest.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"\0\0\0\x02HI");
        let event = server.event(&hostile, "closed");
        assert!(event.contains("frame of 4294967295 bytes"), "{event}");
        is_closed(&hostile);
        assert_eq!(server.stop().protocol, 1);
    }

    fn an_endless_line(driver) {
        let codec = Lines::new(1024);
        let server = start_with(driver, Config::default(), codec);
        let mut hostile = server.connect();
        // It is cut off long before it has sent 64 MiB: memory is bounded
        // by the limit and one chunk, not by what the peer sends.
        let line = [b'a'; 65536];
        let sent = (0..1024).take_while(|_| hostile.write_all(&line).is_ok());
        assert!(sent.count() < 1024, "the server took an endless line");
        server.honest_client_is_answered();
        let event = server.event(&hostile, "closed");
        assert!(event.contains("the limit is 1024"), "{event}");
        let (_, reached) = event.split_once("frame of ").unwrap();
        let (reached, _) = reached.split_once(' ').unwrap();
        let reached: usize = reached.parse().unwrap();
        assert!(reached <= 1024 + 8192, "{event}");
        assert_eq!(server.stop().protocol, 1);
    }

    fn a_peer_that_stalls_in_mid_message(driver) {
        let config = Config { message: 100 * MS, ..Config::default() };
        let server = start(driver, config);
        let mut stalled = server.connect();
        stalled.write_all(b"half a li").unwrap();
        server.honest_client_is_answered();
        let event = server.event(&stalled, "closed");
        assert!(event.contains("no whole message in time"), "{event}");
        is_closed(&stalled);
        assert_eq!(server.stop().late, 1);
    }

    fn one_byte_at_a_time(driver) {
        let config = Config {
            idle: 200 * MS,
            message: 200 * MS,
            ..Config::default()
        };
        let server = start(driver, config);
        let slow = server.connect();
        slow.set_nodelay(true).unwrap();
        let start = Instant::now();
        // Each byte comes well within the idle deadline.
        while { &slow }.write_all(b"a").is_ok() {
            thread::sleep(10 * MS);
            assert!(start.elapsed() < DEADLINE, "the deadline moved");
        }
        server.honest_client_is_answered();
        let event = server.event(&slow, "closed");
        assert!(event.contains("no whole message in time"), "{event}");
        assert_eq!(server.stop().late, 1);
    }

    fn a_peer_that_says_nothing(driver) {
        let config = Config { idle: 100 * MS, ..Config::default() };
        let server = start(driver, config);
        let silent = server.connect();
        let event = server.event(&silent, "closed");
        assert!(event.contains("idle for too long"), "{event}");
        is_closed(&silent);
        server.honest_client_is_answered();
        assert_eq!(server.stop().late, 1);
    }

    fn a_peer_that_never_reads(driver) {
        let config = Config { write: 200 * MS, ..Config::default() };
        let server = start(driver, config);
        let deaf = server.connect();
        { &deaf }.write_all(b"much\n").unwrap();
        server.honest_client_is_answered();
        let event = server.event(&deaf, "closed");
        assert!(event.contains("does not read the answer"), "{event}");
        assert_eq!(server.stop().late, 1);
    }

    fn a_reset_in_mid_message(driver) {
        let server = start(driver, Config::default());
        let rude = server.connect();
        { &rude }.write_all(b"half a li").unwrap();
        let name = rude.local_addr().unwrap();
        SockRef::from(&rude).set_linger(Some(Duration::ZERO)).unwrap();
        drop(rude);
        let event = server.event_line(&format!("{name}: closed"));
        assert!(event.contains("Connection reset"), "{event}");
        server.honest_client_is_answered();
        assert_eq!(server.stop().failed, 1);
    }

    fn an_end_in_mid_message(driver) {
        let server = start(driver, Config::default());
        let mut cut = server.connect();
        cut.write_all(b"half a li").unwrap();
        cut.shutdown(std::net::Shutdown::Write).unwrap();
        let event = server.event(&cut, "closed");
        assert!(event.contains("ended 9 bytes into a frame"), "{event}");
        server.honest_client_is_answered();
        assert_eq!(server.stop().protocol, 1);
    }

    fn more_connections_than_the_limit_are_told(driver) {
        let config = Config {
            max_connections: 2,
            overflow: Overflow::Refuse,
            refusal: b"busy\n",
            ..Config::default()
        };
        let server = start(driver, config);
        let silent = [server.connect(), server.connect()];
        server.event(&silent[1], "accepted");
        let third = server.connect();
        assert_eq!(hear(&third), "busy\n");
        let event = server.event(&third, "refused");
        assert!(event.contains("too many connections"), "{event}");
        let [first, second] = silent;
        let name = first.local_addr().unwrap();
        drop(first);
        server.event_line(&format!("{name}: closed"));
        // The permit comes back in the moment after the event.
        wait_until(|| {
            let next = server.connect();
            let _ = { &next }.write_all(b"again\n");
            hear(&next) == "AGAIN\n"
        });
        drop(second);
        server.stop();
    }

    fn more_connections_than_the_limit_wait_their_turn(driver) {
        let config = Config {
            max_connections: 2,
            idle: 200 * MS,
            ..Config::default()
        };
        let server = start(driver, config);
        // They connect and say nothing, ten times the limit. Each pair is
        // sent away after the idle deadline, and the honest client's turn
        // comes.
        let silent: Vec<_> = (0..20).map(|_| server.connect()).collect();
        server.honest_client_is_answered();
        let report = server.stop();
        assert_eq!(report.refused, 0);
        assert!(report.late >= 19, "{report}");
        drop(silent);
    }

    fn one_peer_does_not_take_all(driver) {
        let config = Config { max_per_peer: 2, ..Config::default() };
        let server = start(driver, config);
        let greedy: Vec<_> = (0..20).map(|_| server.connect()).collect();
        for refused in &greedy[2..] {
            let event = server.event(refused, "refused");
            assert!(event.contains("too many from this peer"), "{event}");
        }
        // An honest client with another address.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let other: SocketAddr = "127.0.0.2:0".parse().unwrap();
        // Not every system has the rest of 127.0.0.0/8.
        if socket.bind(&other.into()).is_ok() {
            socket.connect(&server.address.into()).unwrap();
            socket.set_read_timeout(Some(DEADLINE)).unwrap();
            assert_eq!(ask(&socket.into(), "honest\n"), "HONEST\n");
        }
        assert_eq!(server.stop().refused, 18);
    }

    fn a_handler_that_panics(driver) {
        let server = start(driver, Config::default());
        let unlucky = server.connect();
        { &unlucky }.write_all(b"panic\n").unwrap();
        is_closed(&unlucky);
        let event = server.event(&unlucky, "closed");
        assert!(event.contains("the handler panicked"), "{event}");
        server.honest_client_is_answered();
        assert_eq!(server.stop().panicked, 1);
    }

    fn an_answer_that_is_no_frame_is_our_fault(driver) {
        let codec = Lines::new(64);
        let server = start_with(driver, Config::default(), codec);
        let asking = server.connect();
        { &asking }.write_all(b"much\n").unwrap();
        let event = server.event(&asking, "closed");
        assert!(event.contains("answer: frame of"), "{event}");
        server.honest_client_is_answered();
        assert_eq!(server.stop().failed, 1);
    }

    fn shutdown_lets_busy_handlers_and_messages_finish(driver) {
        let server = start(driver, Config::default());
        let [idle, begun, busy] =
            [server.connect(), server.connect(), server.connect()];
        assert_eq!(ask(&idle, "one\n"), "ONE\n");
        assert_eq!(ask(&begun, "one\n"), "ONE\n");
        { &begun }.write_all(b"tw").unwrap();
        { &busy }.write_all(b"wait\n").unwrap();
        // Not read, but there: it may be answered, too.
        let Running { stop, done, address, .. } = server;
        drop(stop);
        is_closed(&idle);
        assert!(TcpStream::connect(address).is_err());
        assert_eq!(ask(&begun, "o\n"), "TWO\n");
        is_closed(&begun);
        assert_eq!(hear(&busy), "WAIT\n");
        is_closed(&busy);
        let report = done.recv_timeout(DEADLINE).unwrap().unwrap();
        assert_eq!((report.answered, report.cut), (4, 0), "{report}");
    }

    fn shutdown_lets_a_message_finish_that_began_with_the_last(driver) {
        let server = start(driver, Config::default());
        let (idle, begun) = (server.connect(), server.connect());
        assert_eq!(ask(&idle, "one\n"), "ONE\n");
        // One segment: the server reads the half line with the whole one.
        assert_eq!(ask(&begun, "one\ntw"), "ONE\n");
        let Running { stop, done, .. } = server;
        drop(stop);
        is_closed(&idle);
        thread::sleep(50 * MS);
        assert_eq!(ask(&begun, "o\n"), "TWO\n");
        is_closed(&begun);
        let report = done.recv_timeout(DEADLINE).unwrap().unwrap();
        assert_eq!((report.answered, report.cut), (3, 0), "{report}");
    }

    fn a_message_that_began_with_the_last_has_its_deadline(driver) {
        let config = Config { message: 100 * MS, ..Config::default() };
        let server = start(driver, config);
        let stalled = server.connect();
        assert_eq!(ask(&stalled, "one\ntw"), "ONE\n");
        let event = server.event(&stalled, "closed");
        assert!(event.contains("no whole message in time"), "{event}");
        is_closed(&stalled);
        assert_eq!(server.stop().late, 1);
    }

    fn shutdown_cuts_what_does_not_finish(driver) {
        let config = Config { drain: 200 * MS, ..Config::default() };
        let server = start(driver, config);
        let (stalled, deaf) = (server.connect(), server.connect());
        { &stalled }.write_all(b"half a li").unwrap();
        { &deaf }.write_all(b"much\n").unwrap();
        server.event(&deaf, "accepted");
        let start = Instant::now();
        let report = server.stop();
        assert!(start.elapsed() < 2000 * MS, "{:?}", start.elapsed());
        assert_eq!((report.cut, report.stuck), (2, 0), "{report}");
        is_closed(&stalled);
    }

    fn a_client_that_always_sends_does_not_hold_up_shutdown(driver) {
        let server = start(driver, Config::default());
        let busy = server.connect();
        let mut writer = busy.try_clone().unwrap();
        let pump = thread::spawn(move || {
            while writer.write_all(&b"more\n".repeat(100)).is_ok() {}
        });
        let reader = busy.try_clone().unwrap();
        let sink = thread::spawn(move || is_closed(&reader));
        server.event(&busy, "accepted");
        thread::sleep(50 * MS);
        let start = Instant::now();
        let report = server.stop();
        assert!(start.elapsed() < 2000 * MS, "{:?}", start.elapsed());
        assert_eq!(report.cut, 0, "{report}");
        pump.join().unwrap();
        sink.join().unwrap();
    }

    fn the_same_server_over_a_path(driver) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = bind_path(&path).unwrap();
        let nowhere = "127.0.0.1:9".parse().unwrap();
        let codec = Lines::new(80);
        let config = Config::default();
        let server = start_on(driver, config, codec, listener, nowhere);
        let client = UnixStream::connect(&path).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        { &client }.write_all(b"honest\n").unwrap();
        let mut line = String::new();
        BufReader::new(&client).read_line(&mut line).unwrap();
        assert_eq!(line, "HONEST\n");
        if cfg!(target_os = "linux") {
            let uid = rustix::process::getuid().as_raw();
            server.event_line(&format!("uid {uid}: accepted"));
        }
        assert_eq!(server.stop().answered, 1);
    }
}

/// Tries again what the server may need a moment for.
fn wait_until(condition: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < end, "not within {DEADLINE:?}");
        thread::sleep(5 * MS);
    }
}

#[test]
fn a_handler_that_never_returns_is_reported_stuck() {
    let (hold, held) = mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (trigger, stop) = UnixStream::pair().unwrap();
    let (entered, wait_for_handler) = mpsc::channel();
    let config = Config {
        drain: 100 * MS,
        ..Config::default()
    };
    let server = thread::spawn(move || {
        threads::run(listener, stop, config, Lines::new(80), move |_, _| {
            entered.send(()).unwrap();
            let _ = held.lock().unwrap().recv();
            Vec::new()
        })
    });
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"hello\n").unwrap();
    wait_for_handler.recv_timeout(DEADLINE).unwrap();
    drop(trigger);
    let report = server.join().unwrap().unwrap();
    assert_eq!(report.stuck, 1, "{report}");
    drop(hold);
}

#[test]
fn a_path_that_is_in_use_or_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let alive = bind_path(&path).unwrap();
    let in_use = bind_path(&path).unwrap_err();
    assert_eq!(in_use.kind(), io::ErrorKind::AddrInUse);
    drop(alive);
    bind_path(&path).unwrap();

    let file = folder.path().join("file");
    std::fs::write(&file, "precious").unwrap();
    let in_use = bind_path(&file).unwrap_err();
    assert_eq!(in_use.kind(), io::ErrorKind::AddrInUse);
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
}

#[test]
fn a_path_whose_server_does_not_accept_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let busy = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    busy.bind(&SockAddr::unix(&path).unwrap()).unwrap();
    busy.listen(0).unwrap();
    let _queued = UnixStream::connect(&path).unwrap();
    let in_use = bind_path(&path).unwrap_err();
    assert_eq!(in_use.kind(), io::ErrorKind::AddrInUse);
}

/// What the page says of the other ways to wake a blocked accept.
#[test]
#[cfg(target_os = "linux")]
fn a_socket_that_never_listens_does_not_spin() {
    // A datagram makes it readable, and `accept` fails each time.
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
    let nowhere = socket.local_addr().unwrap();
    let config = Config::default();
    let codec = Lines::new(80);
    let server = start_on(Driver::Threads, config, codec, socket, nowhere);
    server.event_line("accept fails");
    server.stop();
}

#[test]
fn on_linux_shutdown_of_a_listener_wakes_accept_with_einval() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let same = Socket::from(listener.try_clone().unwrap());
    let accept = thread::spawn(move || listener.accept().unwrap_err());
    thread::sleep(50 * MS);
    same.shutdown(std::net::Shutdown::Both).unwrap();
    let error = accept.join().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}
