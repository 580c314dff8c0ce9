//! A question to the DNS, typed in octet by octet, and the two answers that
//! come: one is forged.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::thread;
use std::time::Duration;

use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{Data, Message};

// ANCHOR: query
#[rustfmt::skip]
const QUERY: [u8; 29] = [
    0x2a, 0x2a, // id: ours to choose, repeated in the answer
    0x01, 0x00, // a question; please ask others if you must
    0, 1,       // one question follows,
    0, 0,       // no answers,
    0, 0,       // no authorities,
    0, 0,       // nothing else
    7, b'e', b'x', b'a', b'm', b'p', b'l', b'e', // 7 octets of a name,
    3, b'c', b'o', b'm',                         // 3 octets,
    0,                                           // and its end
    0, 1,       // type A: an IPv4 address
    0, 1,       // class IN: the Internet
];
// ANCHOR_END: query

// ANCHOR: ask
fn main() -> Result<(), Box<dyn Error>> {
    let server = UdpSocket::bind("127.0.0.1:0")?;
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(server.local_addr()?)?;
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    let serving = thread::spawn(move || serve(&server));

    socket.send(&QUERY)?;
    println!("sent {} octets", QUERY.len());
    let query = Message::decode(&QUERY)?;
    let mut buf = [0; 512];
    loop {
        let n = socket.recv(&mut buf)?;
        let Ok(answer) = Message::decode(&buf[..n]) else {
            continue; // Not DNS: anybody can send that, too.
        };
        for record in &answer.answers {
            println!("received {n} octets: {} {:?}", record.name, record.data);
        }
        match answer.check_response_to(&query) {
            Ok(()) => break println!("  an answer to our question"),
            Err(mismatch) => println!("  dropped: {mismatch}"),
        }
    }
    Ok(serving.join().expect("the server does not panic")?)
}
// ANCHOR_END: ask

/// Answers one query, and before that what somebody else would answer who can
/// send in the server's name and has to guess the id.
fn serve(socket: &UdpSocket) -> io::Result<()> {
    let name = || "example.com".parse().expect("a constant name");
    let zone = |address: [u8; 4]| {
        let address = Ipv4Addr::from(address);
        Zone::new(name()).with(name(), Data::A(address))
    };
    let mut buf = [0; 512];
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    let (n, client) = socket.recv_from(&mut buf)?;
    let query = &mut buf[..n];
    let real = zone([192, 0, 2, 1]).reply(query, Transport::Udp);
    query[1] ^= 0x01; // The guess: one off.
    let forged = zone([203, 0, 113, 66]).reply(query, Transport::Udp);
    for answer in [forged, real].into_iter().flatten() {
        socket.send_to(&answer, client)?;
    }
    Ok(())
}
