//! The cases of the exercise.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Serves one client as `serve` says. Returns where.
fn server(serve: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(listener.accept().unwrap().0));
    address
}

/// Answers all it reads with the same bytes, as it reads them.
fn echo(mut stream: TcpStream) {
    let mut buf = vec![0; 65536];
    while let Ok(n @ 1..) = stream.read(&mut buf) {
        if stream.write_all(&buf[..n]).is_err() {
            break;
        }
    }
}

book_exercise::cases! {
    for ex_half_close_client;

    fn the_server_learns_where_the_request_ends() {
        let address = server(|mut stream| {
            let mut request = Vec::new();
            stream.read_to_end(&mut request).unwrap();
            write!(stream, "{} bytes", request.len()).unwrap();
        });
        assert_eq!(exchange(address, b"hello", 100).unwrap(), b"5 bytes");
    }

    fn a_response_in_pieces_is_read_to_its_end() {
        let address = server(|mut stream| {
            for piece in ["one ", "two ", "three"] {
                stream.write_all(piece.as_bytes()).unwrap();
                thread::sleep(Duration::from_millis(20));
            }
            stream.read_to_end(&mut Vec::new()).unwrap();
        });
        assert_eq!(exchange(address, b"", 100).unwrap(), b"one two three");
    }

    fn more_than_the_kernels_have_room_for() {
        let request = vec![7; 32 << 20];
        let response = exchange(server(echo), &request, 32 << 20).unwrap();
        assert!(response == request, "{} bytes", response.len());
    }

    fn a_reset_is_an_error() {
        let address = server(|mut stream| {
            stream.read_exact(&mut [0]).unwrap();
            let linger = Some(Duration::ZERO);
            socket2::SockRef::from(&stream).set_linger(linger).unwrap();
        });
        let error = exchange(address, b"hello", 100).unwrap_err();
        // Which one depends on what the RST finds us at.
        assert!(
            matches!(
                error.kind(),
                ErrorKind::ConnectionReset
                    | ErrorKind::BrokenPipe
                    | ErrorKind::NotConnected
            ),
            "{error:?}"
        );
    }

    fn a_response_without_an_end_is_refused() {
        let address = server(|mut stream| {
            while stream.write_all(&[b'x'; 1024]).is_ok() {}
        });
        let request = vec![7; 32 << 20];
        let error = exchange(address, &request, 100).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }

    fn a_response_of_the_limit_is_not_too_long() {
        assert_eq!(exchange(server(echo), b"hello", 5).unwrap(), b"hello");
    }
}
