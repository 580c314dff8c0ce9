//! What the page on options and the life of a connection claims.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use socket2::SockRef;

/// Both ends of a connection; no read or write on them waits for ever.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    for stream in [&client, &server] {
        let limit = Some(Duration::from_secs(10));
        stream.set_read_timeout(limit).unwrap();
        stream.set_write_timeout(limit).unwrap();
    }
    (client, server)
}

#[test]
fn std_sets_neither_nodelay_nor_keepalive() {
    let (client, server) = pair();
    for stream in [&client, &server] {
        assert!(!stream.nodelay().unwrap());
        assert!(!SockRef::from(stream).keepalive().unwrap());
    }
}

#[test]
#[cfg(unix)]
fn std_sets_reuse_address_on_listeners() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(SockRef::from(&listener).reuse_address().unwrap());
}

#[test]
fn after_a_half_close_the_other_direction_still_works() {
    let (mut client, mut server) = pair();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut [0; 8]).unwrap(), 0);
    server.write_all(b"still here").unwrap();
    drop(server);
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    assert_eq!(text, "still here");
    let error = client.write(b"more").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[test]
fn linger_zero_resets() {
    let (client, mut server) = pair();
    SockRef::from(&client)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(client);
    let error = server.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
#[cfg(target_os = "linux")]
fn linux_keeps_what_had_arrived_before_the_reset() {
    let (mut client, mut server) = pair();
    server.write_all(b"answer").unwrap();
    client.peek(&mut [0; 6]).unwrap();
    SockRef::from(&server)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(server);
    let mut answer = [0; 6];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"answer");
    let error = client.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
#[cfg(target_os = "linux")]
fn accepted_connections_inherit_keepalive_and_nodelay() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = SockRef::from(&listener);
    socket.set_keepalive(true).unwrap();
    socket.set_tcp_nodelay(true).unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (accepted, _) = listener.accept().unwrap();
    assert!(SockRef::from(&accepted).keepalive().unwrap());
    assert!(accepted.nodelay().unwrap());
}
