//! A client that asks again, and a server that loses every second request.

use std::net::UdpSocket;
use std::thread;
use std::time::Duration;

use ch03_sockets::backoff::Backoff;
use ch03_sockets::udp_client::ask;
use ch03_sockets::udp_request::{Kind, MAX_DATAGRAM, Message, Request};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let server = socket.local_addr()?;
    let serving = thread::spawn(move || serve(&socket, 5));

    // ANCHOR: client
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(server)?;
    let wait = Duration::from_millis(200);
    for (id, word) in (1..).zip(["one", "two", "three"]) {
        let backoff = Backoff::new(wait, 10 * wait, 4);
        let mut request = Request::new(id, server, word.as_bytes(), backoff)?;
        let answer = ask(&socket, &mut request)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        println!("{word}: {answer}, tries: {}", request.tries());
    }
    // ANCHOR_END: client
    serving.join().expect("the server does not panic")?;
    Ok(())
}

/// Takes in `count` requests and answers the first, the third and so on.
fn serve(socket: &UdpSocket, count: u32) -> Result<(), Failure> {
    let mut buf = [0; MAX_DATAGRAM + 1];
    for number in 0..count {
        let (n, from) = socket.recv_from(&mut buf)?;
        let Ok(request) = Message::decode(&buf[..n]) else {
            continue;
        };
        if number % 2 == 1 {
            continue; // Lost.
        }
        let body = request.body.to_ascii_uppercase();
        let answer = Message {
            kind: Kind::Answer,
            id: request.id,
            body: &body,
        };
        socket.send_to(&answer.encode()?, from)?;
    }
    Ok(())
}
