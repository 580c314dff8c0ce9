//! Names and addresses over real sockets: a DNS client and its enemies, and
//! Happy Eyeballs with a black hole.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ch03_sockets::dns::client::{self, AskError, BadResponse};
use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{
    Data, DecodeError, Message, Mismatch, Problem, Rcode, Record, Type,
};
use ch03_sockets::happy_eyeballs::black_hole::BlackHole;
use ch03_sockets::happy_eyeballs::{Config, asynchronous, blocking};

/// No test may take longer than this.
const LIMIT: Duration = Duration::from_secs(10);
/// How long a client waits for what will not come.
const SHORT: Duration = Duration::from_millis(500);

fn query() -> Message {
    Message::query(0x1234, "www.example.com".parse().unwrap(), Type::A)
}

fn good_response(query: &Message) -> Message {
    let mut response = Message::response_to(query, Rcode::NOERROR);
    let name = query.questions[0].name.clone();
    let data = Data::A(Ipv4Addr::new(192, 0, 2, 1));
    response.answers.push(Record::new(name, 60, data));
    response
}

/// A server that answers its first query with the datagrams that `answers`
/// makes of it.
fn udp_server(
    answers: impl FnOnce(Message) -> Vec<Vec<u8>> + Send + 'static,
) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    let addr = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut buf = [0; 512];
        let (n, peer) = socket.recv_from(&mut buf).unwrap();
        for datagram in answers(Message::decode(&buf[..n]).unwrap()) {
            socket.send_to(&datagram, peer).unwrap();
        }
    });
    addr
}

fn ignored(result: Result<Message, AskError>) -> Option<BadResponse> {
    match result {
        Err(AskError::TimedOut { ignored }) => ignored,
        other => panic!("expected a time-out, got {other:?}"),
    }
}

#[test]
fn a_query_is_answered() {
    let server =
        udp_server(|query| vec![good_response(&query).encode().unwrap()]);
    let response = client::ask(server, &query(), LIMIT).unwrap();
    assert_eq!(response, good_response(&query()));
}

#[test]
fn spoofed_answers_are_ignored_and_the_true_one_is_taken() {
    let server = udp_server(|query| {
        let good = good_response(&query);
        let mut wrong_id = good.clone();
        wrong_id.header.id ^= 1;
        let mut wrong_name = good.clone();
        wrong_name.questions[0].name = "evil.example".parse().unwrap();
        [wrong_id, wrong_name, query, good]
            .iter()
            .map(|message| message.encode().unwrap())
            .collect()
    });
    let response = client::ask(server, &query(), LIMIT).unwrap();
    assert_eq!(response, good_response(&query()));
}

#[test]
fn a_spoofed_answer_alone_is_a_time_out_that_says_so() {
    let server = udp_server(|query| {
        let mut wrong = good_response(&query);
        wrong.header.id = 0x4321;
        vec![wrong.encode().unwrap()]
    });
    let reason = ignored(client::ask(server, &query(), SHORT));
    assert_eq!(reason, Some(BadResponse::Unrelated(Mismatch::Id(0x4321))));
}

#[test]
fn an_answer_from_another_port_never_arrives() {
    // The server gets the query and has somebody else answer it.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    let server = socket.local_addr().unwrap();
    let stranger = thread::spawn(move || {
        let (n, peer) = socket.recv_from(&mut [0; 512]).unwrap();
        assert!(n > 12);
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        let good = good_response(&query()).encode().unwrap();
        stranger.send_to(&good, peer).unwrap();
        socket // kept open: else the client is told that it is gone
    });
    assert_eq!(ignored(client::ask(server, &query(), SHORT)), None);
    stranger.join().unwrap();
}

#[test]
fn a_compression_loop_is_ignored() {
    let server = udp_server(|query| {
        let mut octets = query.encode().unwrap();
        octets[2] |= 0x80; // a response
        octets.splice(12.., *b"\xc0\x0c\0\x01\0\x01");
        vec![octets]
    });
    let reason = ignored(client::ask(server, &query(), SHORT));
    let problem = Problem::PointerLoop;
    let error = DecodeError { at: 12, problem };
    assert_eq!(reason, Some(BadResponse::Unreadable(error)));
}

#[test]
fn a_silent_server_times_out() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let server = silent.local_addr().unwrap();
    let start = Instant::now();
    assert_eq!(ignored(client::ask(server, &query(), SHORT)), None);
    assert!(start.elapsed() >= SHORT);
    assert!(start.elapsed() < LIMIT);
}

#[test]
fn a_cut_off_datagram_is_ignored() {
    let server = udp_server(|query| {
        let mut octets = good_response(&query).encode().unwrap();
        octets.pop();
        vec![octets]
    });
    let reason = ignored(client::ask(server, &query(), SHORT));
    let Some(BadResponse::Unreadable(error)) = reason else {
        panic!("{reason:?}");
    };
    assert_eq!(error.problem, Problem::Truncated);
}

/// A UDP and a TCP socket on one port: `answer` gets the query that comes
/// over TCP and says what to send back, the length included.
fn truncating_server(
    answer: impl FnOnce(&[u8]) -> Vec<u8> + Send + 'static,
) -> SocketAddr {
    let (listener, socket) = std::iter::repeat_with(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = UdpSocket::bind(listener.local_addr().unwrap());
        Some((listener, socket.ok()?)) // taken by someone else: try again
    })
    .flatten()
    .next()
    .unwrap();
    let server = listener.local_addr().unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    thread::spawn(move || {
        let mut buf = [0; 512];
        let (n, peer) = socket.recv_from(&mut buf).unwrap();
        let query = Message::decode(&buf[..n]).unwrap();
        let mut short = Message::response_to(&query, Rcode::NOERROR);
        short.header.truncated = true;
        socket.send_to(&short.encode().unwrap(), peer).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut len = [0; 2];
        stream.read_exact(&mut len).unwrap();
        let mut query = vec![0; u16::from_be_bytes(len).into()];
        stream.read_exact(&mut query).unwrap();
        for octet in answer(&query) {
            // An octet a segment: a read is not a message.
            let _ = stream.write_all(&[octet]);
        }
        let _ = stream.read(&mut len); // until the client has gone
    });
    server
}

fn zone() -> Zone {
    (0..40).fold(Zone::new("example.com".parse().unwrap()), |zone, n| {
        let ip = Ipv4Addr::new(192, 0, 2, n);
        zone.with("www.example.com".parse().unwrap(), Data::A(ip))
    })
}

#[test]
fn a_truncated_answer_is_fetched_over_tcp() {
    let server = truncating_server(|query| {
        let reply = zone().reply(query, Transport::Tcp).unwrap();
        [&(reply.len() as u16).to_be_bytes()[..], &reply].concat()
    });
    let response = client::ask(server, &query(), LIMIT).unwrap();
    assert_eq!(response.answers.len(), 40);
}

#[test]
fn a_tcp_answer_that_never_ends_is_cut_off() {
    let server = truncating_server(|_| vec![0xff, 0xff, 0]);
    let result = client::ask(server, &query(), SHORT);
    assert!(
        matches!(result, Err(AskError::TimedOut { .. })),
        "{result:?}"
    );
}

#[test]
fn an_unrelated_tcp_answer_is_an_error() {
    let server = truncating_server(|query| {
        let mut other = Message::decode(query).unwrap();
        other.header.response = true;
        other.header.id = 1;
        let octets = other.encode().unwrap();
        [&(octets.len() as u16).to_be_bytes()[..], &octets].concat()
    });
    let result = client::ask(server, &query(), LIMIT);
    let Err(AskError::BadResponse(reason)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(reason, BadResponse::Unrelated(Mismatch::Id(1)));
}

/// Ends the server that a test has started, however the test ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `dns_zone` on a free port.
fn dns_zone() -> (Server, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dns_zone"))
        .args(["--serve", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let server = Server(child);
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let addr = line.trim().strip_prefix("answering on ").unwrap();
    (server, addr.parse().unwrap())
}

/// An octet every half second is within every timeout of a `read`, and no message.
#[test]
fn dns_zone_does_not_wait_for_a_client_that_dribbles() {
    let (_server, addr) = dns_zone();
    let mut slow = TcpStream::connect(addr).unwrap();
    thread::spawn(move || {
        while slow.write_all(&[0xff]).is_ok() {
            thread::sleep(Duration::from_millis(500));
        }
    });
    let deadline = Instant::now() + Duration::from_secs(6);
    let many = "many.example.com".parse().unwrap();
    let query = Message::query(1, many, Type::AAAA);
    let response = client::ask_tcp(addr, &query, deadline).unwrap();
    assert_eq!(response.answers.len(), 20);
}

#[test]
fn dns_zone_serves_and_survives_rubbish() {
    let (_server, addr) = dns_zone();
    let rubbish = UdpSocket::bind("127.0.0.1:0").unwrap();
    rubbish.send_to(&[0xc0; 400], addr).unwrap();
    rubbish.send_to(&[], addr).unwrap();
    let many = "many.example.com".parse().unwrap();
    let response =
        client::ask(addr, &Message::query(1, many, Type::AAAA), LIMIT).unwrap();
    assert_eq!(response.answers.len(), 20);
    let response = client::ask(addr, &query(), LIMIT).unwrap();
    assert_eq!(response.answers.len(), 2);
}

/// A black hole and a listener, as if they were a name's two addresses, or
/// `None`, said aloud, where there is no IPv6.
fn half_broken_host() -> Option<(BlackHole, TcpListener)> {
    if let Err(error) = TcpListener::bind("[::1]:0") {
        eprintln!("skipped: no IPv6 loopback here ({error})");
        return None;
    }
    let hole = BlackHole::open("[::1]:0".parse().unwrap()).unwrap();
    Some((hole, TcpListener::bind("127.0.0.1:0").unwrap()))
}

#[cfg(target_os = "linux")]
#[test]
fn a_black_hole_delays_the_blocking_race_by_the_attempt_delay() {
    let Some((hole, listener)) = half_broken_host() else {
        return;
    };
    let good = listener.local_addr().unwrap();
    let start = Instant::now();
    let stream =
        blocking::connect(&[hole.addr(), good], Config::default(), LIMIT)
            .unwrap();
    assert!(start.elapsed() >= Duration::from_millis(250));
    assert!(start.elapsed() < LIMIT);
    assert_eq!(stream.peer_addr().unwrap(), good);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_black_hole_delays_the_tokio_race_by_the_attempt_delay() {
    let Some((hole, listener)) = half_broken_host() else {
        return;
    };
    let good = listener.local_addr().unwrap();
    let addresses = [hole.addr(), good];
    let start = Instant::now();
    let race = asynchronous::connect(&addresses, Config::default());
    let stream = tokio::time::timeout(LIMIT, race).await.unwrap().unwrap();
    assert!(start.elapsed() >= Duration::from_millis(250));
    assert_eq!(stream.peer_addr().unwrap(), good);
}

#[cfg(target_os = "linux")]
#[test]
fn a_blocking_race_against_black_holes_alone_is_given_up() {
    let hole = BlackHole::open("127.0.0.1:0".parse().unwrap()).unwrap();
    let start = Instant::now();
    let error = blocking::connect(&[hole.addr()], Config::default(), SHORT * 2)
        .unwrap_err();
    assert!(start.elapsed() < LIMIT);
    // The kernel's timer and ours end together: either may be the first.
    assert!(error.timed_out || error.attempts.len() == 1, "{error}");
}

/// An address that refuses: it was free a moment ago.
fn refusing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn refusals_are_fast_and_all_reported() {
    let addresses = [refusing(), refusing()];
    let start = Instant::now();
    let error =
        blocking::connect(&addresses, Config::default(), LIMIT).unwrap_err();
    assert_eq!(error.attempts.len(), 2, "{error}");
    assert!(!error.timed_out);
    // No attempt waited for the delay.
    assert!(start.elapsed() < LIMIT);
}

#[tokio::test]
async fn refusals_are_all_reported_on_tokio() {
    let addresses = [refusing(), refusing()];
    let race = asynchronous::connect(&addresses, Config::default());
    let error = tokio::time::timeout(LIMIT, race)
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.attempts.len(), 2, "{error}");
}

#[test]
fn a_race_without_addresses_says_so() {
    let error = blocking::connect(&[], Config::default(), LIMIT).unwrap_err();
    assert_eq!(error.to_string(), "no address to connect to");
}

#[tokio::test]
async fn a_query_that_hangs_does_not_hold_up_the_other() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let good = listener.local_addr().unwrap();
    let race = asynchronous::race(
        std::future::pending(), // the AAAA answer never comes
        async { vec![good] },
        Config::default(),
    );
    let stream = tokio::time::timeout(LIMIT, race).await.unwrap().unwrap();
    assert_eq!(stream.peer_addr().unwrap(), good);
}
