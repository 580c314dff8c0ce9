//! A retry executes an order twice, unless the server remembers.

use std::collections::HashMap;
use std::io::Result;
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::Duration;

use ch03_sockets::backoff::Backoff;
use ch03_sockets::udp_client::ask;
use ch03_sockets::udp_request::{Kind, MAX_DATAGRAM, Message, Request};

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    for remembers in [false, true] {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        let server = socket.local_addr()?;
        let serving = thread::spawn(move || serve(&socket, remembers));

        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(server)?;
        let wait = Duration::from_millis(300);
        let backoff = Backoff::new(wait, wait, 4);
        let mut order = Request::new(1, server, b"pay 10", backoff)?;
        let answer = ask(&socket, &mut order)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        println!("the server remembers: {remembers}; one order: pay 10");
        println!("  the client, after {} tries: {answer}", order.tries());
        let paid = serving.join().expect("the server does not panic")?;
        println!("  the server paid {paid}");
    }
    Ok(())
}

// ANCHOR: serve
/// Pays 10 for each order. Its first answer is lost on the way.
fn serve(socket: &UdpSocket, remembers: bool) -> Result<u32> {
    let mut paid = 0;
    let mut answers: HashMap<(SocketAddr, u32), Vec<u8>> = HashMap::new();
    let mut buf = [0; MAX_DATAGRAM + 1];
    for received in 1..=2 {
        let (n, from) = socket.recv_from(&mut buf)?;
        let Ok(order) = Message::decode(&buf[..n]) else {
            continue;
        };
        let key = (from, order.id);
        if !(remembers && answers.contains_key(&key)) {
            paid += 10;
            answers.insert(key, format!("paid, {paid} in all").into());
        }
        let answer = Message {
            kind: Kind::Answer,
            id: order.id,
            body: &answers[&key],
        };
        let datagram = answer.encode().expect("a short answer");
        if received == 2 {
            socket.send_to(&datagram, from)?;
        }
    }
    Ok(paid)
}
// ANCHOR_END: serve
