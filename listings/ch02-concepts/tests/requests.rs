//! The small server as a process of its own: octets asserted, hostile clients,
//! curl, Ctrl-C.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rustix::process::{Pid, Signal, kill_process};

const DEADLINE: Duration = Duration::from_secs(20);
const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\
    Allow: GET, HEAD\r\nConnection: close\r\n\r\nHello!\n";

/// The server; killed when a test fails.
struct Server {
    child: Child,
    address: String,
    stdout: BufReader<ChildStdout>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// A server that gives a client `patience`.
    fn start(patience: Duration) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_small_server"))
            .args(["--serve", "127.0.0.1:0"])
            .arg(patience.as_millis().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let (_, address) = line.trim_end().rsplit_once(' ').unwrap();
        Server {
            child,
            address: address.into(),
            stdout,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// All that comes back for `octets`, sent at once.
    fn ask(&self, octets: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(octets.as_ref()).unwrap();
        rest(&mut stream)
    }
}

fn rest(stream: &mut TcpStream) -> String {
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

/// The status line of a response, and what comes after its head.
fn parts(response: &str) -> (&str, &str) {
    let (head, content) = response.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap(), content)
}

#[test]
fn the_server_has_sixty_lines_of_code() {
    let program = include_str!("../src/bin/small_server.rs");
    let (_, shown) = program.split_once("// ANCHOR: server\n").unwrap();
    let (shown, _) = shown.split_once("// ANCHOR_END: server\n").unwrap();
    assert!(shown.contains("\nfn main()"));
    let lines = shown.lines().map(str::trim);
    let code = lines.filter(|l| !l.is_empty() && !l.starts_with("//"));
    assert_eq!(code.count(), 60);
}

#[test]
fn get_and_head_answer_with_these_octets() {
    let server = Server::start(DEADLINE);
    let get = server.ask("GET / HTTP/1.1\r\nHost: us\r\n\r\n");
    assert_eq!(get, HELLO);
    let head = server.ask("HEAD / HTTP/1.1\r\nhost:us\r\n\r\n");
    assert_eq!(head, HELLO.strip_suffix("Hello!\n").unwrap());
}

#[test]
fn each_request_has_its_status() {
    let server = Server::start(DEADLINE);
    for (request, status) in [
        ("GET /x HTTP/1.1\r\nHost: us\r\n\r\n", 404),
        ("HEAD /x HTTP/1.1\r\nHost: us\r\n\r\n", 404),
        ("POST / HTTP/1.1\r\nHost: us\r\n\r\n", 405),
        ("get / HTTP/1.1\r\nHost: us\r\n\r\n", 405),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\r\nHost: us\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : us\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost\t: us\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\r\nX : y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\r\n X: folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: us\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\r\nno colon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\r\n: no name\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: us\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: us\r\n\r\n", 400),
        ("GET /\r\nHost: us\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: us\r\n\r\n", 400),
        ("GET / http/1.1\r\nHost: us\r\n\r\n", 400),
        // A bare line feed ends a line, or it would hide a field in another:
        // RFC 9112 section 2.2 leaves the choice.
        ("GET /x HTTP/1.1\nHost: us\r\n\r\n", 404),
        ("GET / HTTP/1.1\r\nHost: us\nHost: them\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\nX : y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: us\n\nGET /x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\r\nHost: us\r\n\r\n", 400),
        ("\r\n\r\n", 400),
    ] {
        let response = server.ask(request);
        let (line, content) = parts(&response);
        let start = format!("HTTP/1.1 {status} ");
        assert!(line.starts_with(&start), "{request:?}: {line}");
        assert!(response.contains("\r\nConnection: close\r\n"));
        assert!(response.contains("\r\nAllow: GET, HEAD\r\n"));
        assert_eq!(content.is_empty(), request.starts_with("HEAD"));
    }
}

#[test]
fn content_length_is_that_of_the_content() {
    let server = Server::start(DEADLINE);
    for target in ["/", "/x"] {
        let ask = |method| {
            server
                .ask(format!("{method} {target} HTTP/1.1\r\nHost: us\r\n\r\n"))
        };
        let (get, head) = (ask("GET"), ask("HEAD"));
        let (_, content) = parts(&get);
        let length = format!("\r\nContent-Length: {}\r\n", content.len());
        assert!(get.contains(&length));
        assert!(head.contains(&length));
    }
}

#[test]
fn a_request_split_at_any_octet_is_one_request() {
    let server = Server::start(DEADLINE);
    let request = b"GET / HTTP/1.1\r\nHost: us\r\nX: \xff\xc3\r\n\r\n";
    for at in 1..request.len() {
        let mut stream = server.connect();
        stream.write_all(&request[..at]).unwrap();
        // Long enough, mostly, for the server to read the first part alone.
        thread::sleep(Duration::from_millis(2));
        stream.write_all(&request[at..]).unwrap();
        assert_eq!(rest(&mut stream), HELLO, "split at {at}");
    }
    let mut stream = server.connect();
    for octet in request {
        stream.write_all(&[*octet]).unwrap();
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(rest(&mut stream), HELLO);
}

#[test]
fn what_follows_the_head_changes_nothing() {
    let server = Server::start(DEADLINE);
    let request = "GET / HTTP/1.1\r\nHost: us\r\n\r\n";
    let twice = format!("{request}GET /x HTTP/1.1\r\nHost: us\r\n\r\n");
    assert_eq!(server.ask(twice), HELLO);
    let content = format!("{request}\r\nhost: them\r\n\r\n");
    assert_eq!(server.ask(content), HELLO);
}

#[test]
fn a_head_of_8_kib_is_read_and_one_octet_more_is_refused() {
    let server = Server::start(DEADLINE);
    let head = |length: usize| {
        let start = "GET / HTTP/1.1\r\nHost: us\r\nX: ";
        let fill = "x".repeat(length - start.len() - 4);
        format!("{start}{fill}\r\n\r\n")
    };
    assert_eq!(server.ask(head(8192)), HELLO);
    let response = server.ask(head(8193));
    assert!(response.starts_with("HTTP/1.1 431 "), "{response}");
}

/// The server has answered by the time of most of the writes. Had it closed
/// the socket then, a reset would make them fail.
#[test]
fn a_client_that_sends_much_gets_its_refusal_and_no_reset() {
    let server = Server::start(DEADLINE);
    let post = "POST / HTTP/1.1\r\nHost: us\r\n\r\n";
    for (start, code) in [("GET / HTTP/1.1\r\nX: ", "431"), (post, "405")] {
        let mut stream = server.connect();
        stream.write_all(start.as_bytes()).unwrap();
        for _ in 0..16 {
            stream.write_all(&[b'x'; 65_536]).unwrap();
            thread::sleep(Duration::from_millis(5));
        }
        let response = rest(&mut stream);
        let (line, _) = parts(&response);
        assert_eq!(line.split(' ').nth(1), Some(code));
    }
}

/// Half a request, however it goes on, ends with the client's time. The server
/// answers others meanwhile.
fn is_cut_off(mut go_on: impl FnMut(&mut TcpStream) -> io::Result<()>) {
    let patience = Duration::from_secs(1);
    let server = Server::start(patience);
    let start = Instant::now();
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: us\r\n").unwrap();
    slow.set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let mut response = Vec::new();
    loop {
        assert!(start.elapsed() < DEADLINE, "it is not cut off");
        let mut buf = [0; 1024];
        match slow.read(&mut buf) {
            Ok(0) => break,
            Ok(n) => response.extend_from_slice(&buf[..n]),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            // An octet that came after the end: the answer may be lost.
            Err(e) => {
                assert_eq!(e.kind(), io::ErrorKind::ConnectionReset);
                break;
            }
        }
        let honest = server.ask("GET / HTTP/1.1\r\nHost: us\r\n\r\n");
        assert_eq!(honest, HELLO);
        let _ = go_on(&mut slow);
    }
    assert!(start.elapsed() >= patience);
    let response = String::from_utf8(response).unwrap();
    let start = "HTTP/1.1 408 ";
    assert!(
        response.is_empty() || response.starts_with(start),
        "{response}"
    );
}

#[test]
fn a_client_that_falls_silent_is_cut_off() {
    is_cut_off(|_| Ok(()));
}

#[test]
fn a_client_that_sends_an_octet_now_and_then_is_cut_off() {
    is_cut_off(|stream| stream.write_all(b"X"));
}

#[test]
fn a_client_that_stays_after_its_answer_is_cut_off() {
    let server = Server::start(Duration::from_secs(1));
    let mut stream = server.connect();
    stream.write_all(HELLO_REQUEST).unwrap();
    assert_eq!(rest(&mut stream), HELLO);
    let end = Instant::now() + DEADLINE;
    // Its own direction is open until the server has closed the socket.
    while stream.write_all(b"x").is_ok() {
        assert!(Instant::now() < end, "it may stay");
        thread::sleep(Duration::from_millis(10));
    }
}

const HELLO_REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: us\r\n\r\n";

#[test]
fn a_client_that_ends_in_mid_request_is_told() {
    let server = Server::start(DEADLINE);
    let mut stream = server.connect();
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert!(rest(&mut stream).starts_with("HTTP/1.1 408 "));
}

#[test]
fn a_request_whose_client_has_ended_its_half_is_answered() {
    let server = Server::start(DEADLINE);
    let mut stream = server.connect();
    stream.write_all(HELLO_REQUEST).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut stream), HELLO);
}

/// A signal ends a `recv` that has a timeout, on Linux also one that stops the
/// process and lets it go on, as Ctrl-Z and `fg` do (man 7 signal).
#[test]
fn a_signal_does_not_end_a_request() {
    let server = Server::start(DEADLINE);
    let mut stream = server.connect();
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    // Answered, so the client before it is being waited for.
    assert_eq!(server.ask(HELLO_REQUEST), HELLO);
    for signal in [Signal::STOP, Signal::CONT] {
        kill_process(Pid::from_child(&server.child), signal).unwrap();
        thread::sleep(Duration::from_millis(100));
    }
    stream.write_all(b"Host: us\r\n\r\n").unwrap();
    assert_eq!(rest(&mut stream), HELLO);
}

#[test]
fn many_silent_clients_do_not_keep_others_out() {
    let server = Server::start(DEADLINE);
    let silent: Vec<_> = (0..200).map(|_| server.connect()).collect();
    assert_eq!(server.ask(HELLO_REQUEST), HELLO);
    drop(silent);
}

#[test]
fn any_octets_get_an_answer_or_an_end_and_the_server_goes_on() {
    let server = Server::start(Duration::from_secs(5));
    // Pieces of requests, and noise, in any order.
    let known: Vec<&[u8]> = vec![
        b"GET / HTTP/1.1\r\n",
        b"HEAD ",
        b"Host: us\r\n",
        b"Content-Length: 5\r\n",
        b"\r\n",
        b"\n",
        b": ",
        b"\0",
    ];
    let piece = prop_oneof![
        3 => proptest::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..300),
    ];
    let octets = proptest::collection::vec(piece, 0..12);
    let mut runner =
        proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
            cases: 200,
            failure_persistence: None,
            ..Default::default()
        });
    let outcome = runner.run(&octets, |pieces| {
        let mut stream = server.connect();
        stream.write_all(&pieces.concat()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let response = rest(&mut stream);
        prop_assert!(response.starts_with("HTTP/1.1 "), "{response:?}");
        prop_assert!(response.contains("\r\nContent-Length: "));
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(server.ask(HELLO_REQUEST), HELLO);
}

#[test]
fn ctrl_c_lets_a_request_end_and_then_the_server() {
    let mut server = Server::start(DEADLINE);
    let mut busy = server.connect();
    busy.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    // Answered, so the busy client before it has been accepted.
    assert_eq!(server.ask(HELLO_REQUEST), HELLO);
    kill_process(Pid::from_child(&server.child), Signal::INT).unwrap();
    let end = Instant::now() + DEADLINE;
    // While it stops, a client may be let in by the kernel and never answered.
    thread::sleep(Duration::from_millis(100));
    busy.write_all(b"Host: us\r\n\r\n").unwrap();
    assert_eq!(rest(&mut busy), HELLO);
    drop(busy);
    let mut rest = String::new();
    server.stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(server.child.wait().unwrap().success());
    assert!(Instant::now() < end, "it took until the deadline");
}

/// curl's output, or `None` where there is no curl.
fn curl(arguments: &[&str]) -> Option<Output> {
    let common = ["--silent", "--show-error", "--max-time", "20"];
    let noproxy = ["--noproxy", "*"];
    match Command::new("curl")
        .args(common)
        .args(noproxy)
        .args(arguments)
        .output()
    {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            println!("skipped: there is no curl here");
            None
        }
        output => Some(output.unwrap()),
    }
}

#[test]
fn curl_gets_the_page() {
    let server = Server::start(DEADLINE);
    let url = format!("http://{}/", server.address);
    let big = format!("X: {}", "x".repeat(20_000));
    let upload = "x".repeat(100_000);
    let code = ["--output", "-", "--write-out", "%{http_code}"];
    for (arguments, expected) in [
        (&[][..], "Hello!\n"),
        (&["--include"], HELLO),
        (&["--head"], HELLO.strip_suffix("Hello!\n").unwrap()),
        (&["--data", "hi"], "GET, HEAD\n"),
        (&["--request", "DELETE"], "GET, HEAD\n"),
        (&["--header", &big], "Over 8 KiB\n"),
        (&["--data", &upload], "GET, HEAD\n"),
        (
            &["--header", "Host:", code[2], code[3]],
            "Not HTTP/1.1\n400",
        ),
    ] {
        let mut all = arguments.to_vec();
        all.push(&url);
        let Some(output) = curl(&all) else { return };
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said, expected, "{arguments:.40?}: {output:?}");
        assert!(output.status.success());
    }
}
