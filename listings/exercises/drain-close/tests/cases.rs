//! The cases of the exercise.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(8);
const SHORT: Duration = Duration::from_millis(300);

/// The client's and the server's end of a connection.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

book_exercise::cases! {
    for ex_drain_close;

    fn the_answer_arrives_after_a_large_request() {
        let (mut client, mut server) = pair();
        let uploading = thread::spawn(move || {
            client.write_all(&vec![0; 8 << 20])?;
            let mut answer = String::new();
            client.read_to_string(&mut answer).map(|_| answer)
        });
        server.write_all(b"no\n").unwrap();
        assert_eq!(drain_close(server, 64 << 20, LONG).unwrap(), 8 << 20);
        assert_eq!(uploading.join().unwrap().unwrap(), "no\n");
    }

    fn a_peer_that_sends_without_end_is_cut_off_at_the_limit() {
        let (mut client, server) = pair();
        let flooding = thread::spawn(move || {
            while client.write(&[0; 65_536]).is_ok() {}
        });
        let limit = 100_001;
        assert_eq!(drain_close(server, limit, LONG).unwrap(), limit);
        flooding.join().unwrap();
    }

    fn a_silent_peer_is_left_at_the_deadline() {
        let (client, server) = pair();
        let start = Instant::now();
        assert_eq!(drain_close(server, 1000, SHORT).unwrap(), 0);
        assert!(start.elapsed() >= SHORT);
        drop(client);
    }

    fn a_peer_that_trickles_is_left_at_the_deadline() {
        let (mut client, server) = pair();
        let trickling = thread::spawn(move || {
            while client.write(b".").is_ok() {
                thread::sleep(Duration::from_millis(50));
            }
        });
        let start = Instant::now();
        drain_close(server, 1_000_000, SHORT).unwrap();
        assert!(start.elapsed() < Duration::from_secs(5));
        trickling.join().unwrap();
    }
}
