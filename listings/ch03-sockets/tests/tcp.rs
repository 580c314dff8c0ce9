//! The greeter over real sockets: many clients, and clients that misbehave.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use ch03_sockets::greeter::{Error, Greeter, MAX_LINE, stop};
use socket2::SockRef;

/// No step of these tests takes longer.
const DEADLINE: Duration = Duration::from_secs(10);
/// Longer than any of these tests: nobody is hung up on for silence.
const PATIENT: Duration = Duration::from_secs(60);

type Ends = Receiver<(SocketAddr, Result<u64, Error>)>;

struct Server {
    address: SocketAddr,
    ends: Ends,
    stopped: Receiver<io::Result<()>>,
    shutdown: &'static AtomicBool,
}

impl Server {
    fn start(idle: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown: &AtomicBool = Box::leak(Box::default());
        let (ended, ends) = mpsc::channel();
        let (stop, stopped) = mpsc::channel();
        thread::spawn(move || {
            let report = |peer, end| drop(ended.send((peer, end)));
            let greeter = Greeter { idle, report };
            stop.send(greeter.run(&listener, shutdown))
        });
        Server {
            address,
            ends,
            stopped,
            shutdown,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// How the conversation that ends next ends.
    fn end(&self) -> (SocketAddr, Result<u64, Error>) {
        self.ends.recv_timeout(DEADLINE).unwrap()
    }

    fn stop(&self) {
        stop(self.shutdown, self.address).unwrap();
        self.stopped.recv_timeout(DEADLINE).unwrap().unwrap();
    }
}

fn line(stream: &TcpStream) -> String {
    let mut line = String::new();
    BufReader::with_capacity(1, stream)
        .read_line(&mut line)
        .unwrap();
    line
}

#[test]
fn clients_are_answered_in_any_order() {
    let server = Server::start(PATIENT);
    let mut clients: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for (i, client) in clients.iter_mut().enumerate().rev() {
        write!(client, "client {i}\n.").unwrap();
        assert_eq!(line(client), format!("Hello, client {i}!\n"));
    }
    for client in &mut clients {
        client.write_all(b"\n").unwrap();
        assert_eq!(line(client), "Hello, .!\n");
        let peer = client.local_addr().unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        let (from, end) = server.end();
        assert_eq!((from, end.unwrap()), (peer, 2));
    }
    server.stop();
}

#[test]
fn a_stalled_client_keeps_nobody_waiting() {
    let server = Server::start(PATIENT);
    let mut stalled = server.connect();
    stalled.write_all(b"Fer").unwrap();
    let mut other = server.connect();
    other.write_all(b"Corro\n").unwrap();
    assert_eq!(line(&other), "Hello, Corro!\n");
    stalled.write_all(b"ris\n").unwrap();
    assert_eq!(line(&stalled), "Hello, Ferris!\n");
}

#[test]
fn a_silent_client_is_hung_up_on_and_can_tell() {
    let server = Server::start(Duration::from_millis(50));
    let mut silent = server.connect();
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);
    let (_, end) = server.end();
    assert!(matches!(end, Err(Error::Idle)), "{end:?}");
    server.stop();
}

#[test]
fn a_reset_ends_one_conversation_and_is_reported_as_one() {
    let server = Server::start(PATIENT);
    let mut other = server.connect();
    let mut client = server.connect();
    client.write_all(b"Ferris\n").unwrap();
    assert_eq!(line(&client), "Hello, Ferris!\n");
    let peer = client.local_addr().unwrap();
    let reset = SockRef::from(&client).set_linger(Some(Duration::ZERO));
    reset.unwrap();
    drop(client);

    let (from, end) = server.end();
    assert_eq!(from, peer);
    let Err(Error::Io(error)) = end else {
        panic!("{end:?}")
    };
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);

    other.write_all(b"Corro\n").unwrap();
    assert_eq!(line(&other), "Hello, Corro!\n");
}

#[test]
fn a_line_without_an_end_is_bounded() {
    let server = Server::start(PATIENT);
    let mut client = server.connect();
    // No more than the limit: the server must not wait for the next byte.
    client.write_all(&[b'x'; MAX_LINE]).unwrap();
    let (_, end) = server.end();
    assert!(matches!(end, Err(Error::TooLong { line: 1 })), "{end:?}");
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    server.stop();
}

#[test]
fn what_came_before_the_end_is_answered() {
    let server = Server::start(PATIENT);
    let mut client = server.connect();
    client.write_all(b"Ferris\nCorro\nGo").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut answers = String::new();
    client.read_to_string(&mut answers).unwrap();
    assert_eq!(answers, "Hello, Ferris!\nHello, Corro!\n");
    let (_, end) = server.end();
    let cut = matches!(end, Err(Error::Cut { line: 3, bytes: 2 }));
    assert!(cut, "{end:?}");
}

#[test]
fn shutdown_waits_for_the_clients_it_has() {
    let server = Server::start(PATIENT);
    let mut client = server.connect();
    client.write_all(b"Ferris\n").unwrap();
    assert_eq!(line(&client), "Hello, Ferris!\n");
    stop(server.shutdown, server.address).unwrap();
    client.write_all(b"Corro\n").unwrap();
    assert_eq!(line(&client), "Hello, Corro!\n");
    assert!(server.stopped.try_recv().is_err());
    drop(client);
    server.stopped.recv_timeout(DEADLINE).unwrap().unwrap();
}

/// Ends the process, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_program_serves_where_it_says() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_greeter_server"))
        .args(["--serve", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = server.stdout.take().unwrap();
    let _running = Running(server);
    // Its lines come by channel, so that waiting for one has a deadline.
    let (said, lines) = mpsc::channel();
    thread::spawn(move || {
        BufReader::new(output)
            .lines()
            .try_for_each(|line| said.send(line.unwrap()))
    });

    let hello = lines.recv_timeout(DEADLINE).unwrap();
    let address = hello.strip_prefix("listening on ").unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.write_all(b"Ferris\n").unwrap();
    assert_eq!(line(&client), "Hello, Ferris!\n");
    let peer = client.local_addr().unwrap();
    drop(client);
    let end = lines.recv_timeout(DEADLINE).unwrap();
    assert_eq!(end, format!("{peer}: 1 answered"));
}
