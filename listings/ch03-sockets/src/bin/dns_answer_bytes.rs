//! A DNS response with a CNAME record, field by field: look for `c0`.

use std::error::Error;
use std::net::{Ipv4Addr, UdpSocket};
use std::thread;
use std::time::Duration;

use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{Data, Message, Name, Type};

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: zone
    let zone = Zone::new("example.com".parse()?)
        .with(
            "www.example.com".parse()?,
            Data::Cname("web.example.com".parse()?),
        )
        .with(
            "web.example.com".parse()?,
            Data::A(Ipv4Addr::new(192, 0, 2, 80)),
        );
    // ANCHOR_END: zone
    let server = UdpSocket::bind("127.0.0.1:0")?;
    let client = UdpSocket::bind("127.0.0.1:0")?;
    client.connect(server.local_addr()?)?;
    client.set_read_timeout(Some(Duration::from_secs(2)))?;

    let query = Message::query(0x2a2a, "www.example.com".parse()?, Type::A);
    client.send(&query.encode()?)?;
    let answering = thread::spawn(move || -> std::io::Result<()> {
        let mut buf = [0; 512];
        let (n, peer) = server.recv_from(&mut buf)?;
        if let Some(response) = zone.reply(&buf[..n], Transport::Udp) {
            server.send_to(&response, peer)?;
        }
        Ok(())
    });
    let mut buf = [0; 512];
    let n = client.recv(&mut buf)?;
    answering.join().expect("the server does not panic")?;
    show(&buf[..n])
}

fn show(message: &[u8]) -> Result<(), Box<dyn Error>> {
    let decoded = Message::decode(message)?; // what follows can trust it
    let mut at = 0;
    let mut field = |len: usize, meaning: &str| {
        let digits = message[at..at + len].iter();
        let hex: Vec<_> = digits.map(|o| format!("{o:02x}")).collect();
        for (n, line) in hex.chunks(8).enumerate() {
            let meaning = if n == 0 { meaning } else { "" };
            println!("{:3}  {:<24} {meaning}", at + n * 8, line.join(" "));
        }
        at += len;
        at
    };
    field(4, "id; a response, authoritative");
    let mut at = field(8, "one question, two answers");
    for _ in &decoded.questions {
        let (name, end) = Name::read(message, at)?;
        field(end - at, &name.to_string());
        at = field(4, "QTYPE A, QCLASS IN");
    }
    for record in &decoded.answers {
        let (name, end) = Name::read(message, at)?;
        at = field(end - at, &name.to_string());
        let rdlength = usize::from(message[at + 9]);
        let rtype = record.data.rtype();
        field(8, &format!("{rtype}, IN, for {} s", record.ttl));
        field(2, &format!("RDLENGTH {rdlength}"));
        at = field(rdlength, &format!("{:?}", record.data));
    }
    Ok(())
}
