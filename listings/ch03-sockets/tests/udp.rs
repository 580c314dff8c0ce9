//! UDP over real sockets: lost answers, a stall, strangers, hostile bytes.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ch03_sockets::backoff::Backoff;
use ch03_sockets::udp_client::{AskError, ask, ask_async};
use ch03_sockets::udp_request::{
    HEADER, Kind, MAX_DATAGRAM, Message, NoAnswer, Request,
};

const MS: Duration = Duration::from_millis(1);
/// No receive of a test waits longer.
const DEADLINE: Duration = Duration::from_secs(5);

fn bound() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

fn connected(server: SocketAddr) -> UdpSocket {
    let socket = bound();
    socket.connect(server).unwrap();
    socket
}

/// Few tries for what is to fail, patient ones for what is to succeed.
fn request(server: SocketAddr, first: Duration, tries: u32) -> Request {
    let backoff = Backoff::new(first, DEADLINE, tries);
    Request::new(7, server, b"time?", backoff).unwrap()
}

fn answer(id: u32, body: &[u8]) -> Vec<u8> {
    let kind = Kind::Answer;
    Message { kind, id, body }.encode().unwrap()
}

/// Runs `serve` on a thread with a bound socket.
fn server(
    serve: impl FnOnce(UdpSocket) + Send + 'static,
) -> (SocketAddr, JoinHandle<()>) {
    let socket = bound();
    let address = socket.local_addr().unwrap();
    (address, thread::spawn(move || serve(socket)))
}

fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buf = [0; 2048];
    let (n, from) = socket.recv_from(&mut buf).unwrap();
    (buf[..n].to_vec(), from)
}

fn no_answer(result: Result<Vec<u8>, AskError>) -> NoAnswer {
    match result.unwrap_err() {
        AskError::NoAnswer(no_answer) => no_answer,
        AskError::Io(error) => panic!("{error}"),
    }
}

#[test]
fn a_lost_request_is_sent_again_byte_for_byte() {
    let (address, serving) = server(|socket| {
        let (first, _) = receive(&socket);
        let (second, from) = receive(&socket);
        assert_eq!(first, second);
        socket.send_to(&answer(7, b"noon"), from).unwrap();
    });
    let mut request = request(address, 100 * MS, 5);
    let body = ask(&connected(address), &mut request).unwrap();
    assert_eq!(body, b"noon");
    assert!(request.tries() >= 2);
    serving.join().unwrap();
}

#[test]
fn a_late_answer_to_an_older_request_is_not_taken_for_this_one() {
    let (address, serving) = server(|socket| {
        let (_, from) = receive(&socket);
        socket.send_to(&answer(6, b"yesterday"), from).unwrap();
        socket.send_to(&answer(7, b"noon"), from).unwrap();
        socket.send_to(&answer(7, b"noon"), from).unwrap();
    });
    let socket = connected(address);
    let mut first = request(address, DEADLINE, 1);
    assert_eq!(ask(&socket, &mut first).unwrap(), b"noon");
    serving.join().unwrap();
    // The duplicate is still in the queue: no answer to the next request.
    let backoff = Backoff::new(50 * MS, 50 * MS, 1);
    let mut next = Request::new(8, address, b"time?", backoff).unwrap();
    assert_eq!(no_answer(ask(&socket, &mut next)).ignored, 1);
}

#[test]
fn a_server_that_stalls_costs_the_waits_and_no_more() {
    let silent = bound();
    let address = silent.local_addr().unwrap();
    let start = Instant::now();
    let mut request = request(address, 20 * MS, 3);
    let why = no_answer(ask(&connected(address), &mut request));
    // 20 + 40 + 80 ms, and the machine may be busy.
    assert!(start.elapsed() >= 140 * MS, "{:?}", start.elapsed());
    assert!(start.elapsed() < DEADLINE, "{:?}", start.elapsed());
    assert_eq!((why.tries, why.refused, why.ignored), (3, false, 0));
}

#[test]
fn a_stranger_who_knows_the_id_is_not_believed() {
    let (address, serving) = server(|socket| {
        let (_, client) = receive(&socket);
        let stranger = bound();
        stranger.send_to(&answer(7, b"midnight"), client).unwrap();
        socket.send_to(&answer(7, b"noon"), client).unwrap();
    });
    let mut request = request(address, DEADLINE, 1);
    let body = ask(&connected(address), &mut request).unwrap();
    assert_eq!(body, b"noon");
    serving.join().unwrap();
}

#[test]
fn hostile_datagrams_are_ignored() {
    let (address, serving) = server(|socket| {
        let (question, client) = receive(&socket);
        let hostile = [
            Vec::new(),
            vec![1],
            vec![0xff; HEADER],
            vec![1; MAX_DATAGRAM + 1],
            // It fits the buffer only when cut off, and then looks right.
            [answer(7, b"midnight"), vec![0; 9000]].concat(),
            question,
        ];
        for datagram in &hostile {
            socket.send_to(datagram, client).unwrap();
        }
        socket.send_to(&answer(7, b"noon"), client).unwrap();
    });
    let mut request = request(address, DEADLINE, 1);
    let body = ask(&connected(address), &mut request).unwrap();
    assert_eq!(body, b"noon");
    serving.join().unwrap();
}

#[test]
fn a_flood_does_not_keep_the_client_for_ever() {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let (address, serving) = server(move |socket| {
        let (_, client) = receive(&socket);
        let start = Instant::now();
        while !stopped.load(Ordering::Relaxed) && start.elapsed() < DEADLINE {
            // Refused once the client has gone.
            let _ = socket.send_to(b"garbage", client);
        }
    });
    let start = Instant::now();
    let mut request = request(address, 50 * MS, 2);
    let why = no_answer(ask(&connected(address), &mut request));
    assert!(start.elapsed() < DEADLINE, "{:?}", start.elapsed());
    assert_eq!(why.tries, 2);
    assert!(why.ignored > 0);
    stop.store(true, Ordering::Relaxed);
    serving.join().unwrap();
}

/// A port where nobody listens. Bind everything else first: the system may
/// hand this port out again.
fn closed() -> SocketAddr {
    bound().local_addr().unwrap()
}

#[test]
fn a_closed_port_is_reported_and_tried_to_the_end() {
    let socket = bound();
    let address = closed();
    socket.connect(address).unwrap();
    let why = no_answer(ask(&socket, &mut request(address, 50 * MS, 2)));
    assert_eq!((why.tries, why.refused), (2, true));
    assert_eq!(
        why.to_string(),
        "no answer after 2 tries; connection refused"
    );
}

#[test]
fn connect_keeps_what_was_queued_before() {
    let (client, server, stranger) = (bound(), bound(), bound());
    let to = client.local_addr().unwrap();
    stranger.send_to(b"before", to).unwrap();
    client.peek_from(&mut [0; 16]).unwrap();
    client.connect(server.local_addr().unwrap()).unwrap();
    stranger.send_to(b"after", to).unwrap();
    server.send_to(b"answer", to).unwrap();
    assert_eq!(receive(&client).0, b"before");
    assert_eq!(receive(&client).0, b"answer");
}

#[test]
fn a_full_receive_buffer_loses_datagrams_and_tells_no_one() {
    let (receiver, sender) = (bound(), bound());
    let small = 4096;
    socket2::SockRef::from(&receiver)
        .set_recv_buffer_size(small)
        .unwrap();
    let to = receiver.local_addr().unwrap();
    for _ in 0..500 {
        assert_eq!(sender.send_to(&[0; 1000], to).unwrap(), 1000);
    }
    receiver.set_read_timeout(Some(200 * MS)).unwrap();
    let mut buf = [0; 1000];
    let mut count = 0;
    let end = loop {
        match receiver.recv_from(&mut buf) {
            Ok(_) => count += 1,
            Err(error) => break error.kind(),
        }
    };
    assert!((1..500).contains(&count), "{count}");
    assert!(matches!(end, ErrorKind::WouldBlock | ErrorKind::TimedOut));
}

#[tokio::test]
async fn tokio_asks_again_too() {
    let (address, serving) = server(|socket| {
        receive(&socket);
        let (_, from) = receive(&socket);
        socket.send_to(b"garbage", from).unwrap();
        socket.send_to(&answer(6, b"yesterday"), from).unwrap();
        socket.send_to(&answer(7, b"noon"), from).unwrap();
    });
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(address).await.unwrap();
    let mut request = request(address, 100 * MS, 5);
    let asking = ask_async(&socket, &mut request);
    let answer = tokio::time::timeout(DEADLINE, asking).await.unwrap();
    assert_eq!(answer.unwrap(), b"noon");
    serving.join().unwrap();
}

#[tokio::test]
async fn tokio_reports_a_closed_port() {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = closed();
    socket.connect(address).await.unwrap();
    let mut request = request(address, 50 * MS, 2);
    let asking = ask_async(&socket, &mut request);
    let result = tokio::time::timeout(DEADLINE, asking).await.unwrap();
    let why = no_answer(result);
    assert_eq!((why.tries, why.refused), (2, true));
}

/// Paused, a clock moves only when every task waits: hours take no time, and
/// the waits are exact.
#[tokio::test(start_paused = true)]
async fn tokio_waits_as_long_as_the_backoff_says() {
    let silent = bound();
    let address = silent.local_addr().unwrap();
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(address).await.unwrap();
    let hour = Duration::from_secs(3600);
    let backoff = Backoff::new(hour, 24 * hour, 3);
    let mut request = Request::new(7, address, b"time?", backoff).unwrap();
    let start = tokio::time::Instant::now();
    assert_eq!(no_answer(ask_async(&socket, &mut request).await).tries, 3);
    let waited = start.elapsed();
    assert!(
        waited >= 7 * hour && waited < 7 * hour + MS * 100,
        "{waited:?}"
    );
}
