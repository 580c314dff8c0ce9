//! Three questions on one connection, answered in another order: matched by
//! their order, and by their ids.

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use ch03_sockets::dns::client::{AskError, read_message};
use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{Data, Message, NameError, Type};

const PATIENCE: Duration = Duration::from_secs(2);
const HOSTS: [(&str, u8); 3] = [
    ("ftp.example.com", 21),
    ("mail.example.com", 25),
    ("www.example.com", 80),
];

/// Reads three questions. The first is hard and takes longest, so its answer
/// comes last.
fn serve(listener: &TcpListener, zone: &Zone) -> Result<(), AskError> {
    let (mut stream, _) = listener.accept()?;
    let deadline = Instant::now() + PATIENCE;
    let mut answers = Vec::new();
    for _ in HOSTS {
        let question = read_message(&mut stream, deadline)?;
        answers.extend(zone.reply(&question, Transport::Tcp));
    }
    for answer in answers.iter().rev() {
        send(&mut stream, answer)?;
    }
    Ok(())
}

// ANCHOR: match
fn main() -> Result<(), Box<dyn Error>> {
    let mut stream = TcpStream::connect(start()?)?;
    let deadline = Instant::now() + PATIENCE;
    let mut outstanding = HashMap::new();
    for (id, (host, _)) in (1000..).zip(HOSTS) {
        let question = Message::query(id, host.parse()?, Type::A);
        send(&mut stream, &question.encode()?)?;
        outstanding.insert(id, host);
    }
    let mut answers = Vec::new();
    for _ in HOSTS {
        let octets = read_message(&mut stream, deadline)?;
        answers.push(Message::decode(&octets)?);
    }

    println!("by order:");
    for ((host, _), answer) in HOSTS.iter().zip(&answers) {
        println!("  {host} is {}", address(answer));
    }
    println!("by id:");
    for answer in &answers {
        match outstanding.remove(&answer.header.id) {
            Some(host) => println!("  {host} is {}", address(answer)),
            None => println!("  an answer to nothing we asked"),
        }
    }
    Ok(())
}
// ANCHOR_END: match

fn start() -> Result<std::net::SocketAddr, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let zone = zone()?;
    thread::spawn(move || serve(&listener, &zone));
    Ok(address)
}

/// Each host's address ends in the number of its port, so that you can tell.
fn zone() -> Result<Zone, NameError> {
    let mut zone = Zone::new("example.com".parse()?);
    for (host, last) in HOSTS {
        let address = Ipv4Addr::new(192, 0, 2, last);
        zone = zone.with(host.parse()?, Data::A(address));
    }
    Ok(zone)
}

fn address(answer: &Message) -> String {
    let data = answer.answers.iter().find_map(|r| r.data.address());
    data.map_or("unknown".into(), |address| address.to_string())
}

/// Two octets of length go before a message over TCP (RFC 1035 §4.2.2).
fn send(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}
