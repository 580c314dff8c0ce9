//! A small DNS server, asked by our client: over UDP, and over TCP when the
//! answer does not fit. `--serve 127.0.0.1:5300` keeps it running for `dig`.

use std::error::Error;
use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{Data, Message, NameError, Type, client};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let addr = match &arguments[..] {
        [] => "127.0.0.1:0",
        [flag, addr] if flag == "--serve" => addr,
        _ => return Err("usage: dns_zone [--serve ADDR]".into()),
    };
    let (listener, socket) = bind(addr)?;
    let server = socket.local_addr()?;
    let (over_udp, over_tcp) = (zone()?, zone()?);
    thread::spawn(move || serve_tcp(&listener, &over_tcp));
    if !arguments.is_empty() {
        println!("answering on {server}");
        return Ok(serve_udp(&socket, &over_udp)?);
    }
    thread::spawn(move || serve_udp(&socket, &over_udp));
    demo(server)
}

// ANCHOR: serve
fn serve_udp(socket: &UdpSocket, zone: &Zone) -> io::Result<()> {
    let mut buf = [0; 1232];
    loop {
        let (n, peer) = socket.recv_from(&mut buf)?;
        if let Some(response) = zone.reply(&buf[..n], Transport::Udp) {
            // Whether the client is still there is not our concern.
            let _ = socket.send_to(&response, peer);
        }
    }
}
// ANCHOR_END: serve

/// Both transports on one port. If that is 0, the kernel picks one that is
/// free for TCP; where somebody has it for UDP, we let it pick again.
fn bind(addr: &str) -> io::Result<(TcpListener, UdpSocket)> {
    for _ in 0..10 {
        let listener = TcpListener::bind(addr)?;
        if let Ok(socket) = UdpSocket::bind(listener.local_addr()?) {
            return Ok((listener, socket));
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

fn serve_tcp(listener: &TcpListener, zone: &Zone) -> io::Result<()> {
    let patience = Duration::from_secs(2);
    loop {
        let (mut stream, _) = listener.accept()?;
        // One client at a time will do here: it gets two seconds for the
        // whole of its query, and for each write of the response.
        stream.set_write_timeout(Some(patience))?;
        let deadline = Instant::now() + patience;
        let Ok(query) = client::read_message(&mut stream, deadline) else {
            continue;
        };
        if let Some(response) = zone.reply(&query, Transport::Tcp) {
            let len = (response.len() as u16).to_be_bytes();
            let _ = stream.write_all(&[&len[..], &response].concat());
        }
    }
}

fn zone() -> Result<Zone, NameError> {
    let mut zone = Zone::new("example.com".parse()?)
        .with(
            "www.example.com".parse()?,
            Data::Cname("web.example.com".parse()?),
        )
        .with(
            "web.example.com".parse()?,
            Data::A(Ipv4Addr::new(192, 0, 2, 80)),
        )
        .with(
            "web.example.com".parse()?,
            Data::Aaaa("2001:db8::80".parse().expect("a constant address")),
        );
    for n in 0..20 {
        let ip = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n);
        zone = zone.with("many.example.com".parse()?, Data::Aaaa(ip));
    }
    Ok(zone)
}

fn demo(server: SocketAddr) -> Result<(), Box<dyn Error>> {
    for (name, qtype) in [
        ("www.example.com", Type::A),
        ("WWW.Example.COM", Type::AAAA),
        ("www.example.com", Type::MX),
        ("ftp.example.com", Type::A),
        ("www.example.org", Type::A),
        ("many.example.com", Type::AAAA),
    ] {
        let query = Message::query(rand_id(), name.parse()?, qtype);
        let deadline = Instant::now() + Duration::from_secs(2);
        let udp = client::ask_udp(server, &query, deadline)?;
        let response = match udp.header.truncated {
            true => {
                println!("(TC: asking again over TCP)");
                client::ask_tcp(server, &query, deadline)?
            }
            false => udp,
        };
        let asked = &query.questions[0].name;
        let found = response.answers_for(asked, qtype)?;
        println!("{asked} {qtype}: {}", response.header.rcode);
        let (name, records) = (found.canonical, found.records.len());
        println!("  records of {name}: {records}");
        for address in found.addresses().take(2) {
            println!("  {address}");
        }
    }
    Ok(())
}

/// An id that is hard to guess: the standard library draws one for the keys
/// of each hash map.
fn rand_id() -> u16 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) as u16
}
