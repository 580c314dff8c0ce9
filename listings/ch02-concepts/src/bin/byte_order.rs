//! Port 8000 in the order of the network and in the other one.

use std::net::Ipv4Addr;

use ch02_concepts::packet::checksum::PseudoHeader;
use ch02_concepts::packet::udp;

fn main() {
    let port: u16 = 8000;
    println!("8000 is {port:#06x}");
    let [first, second] = port.to_be_bytes();
    println!("most significant byte first:  {first:02x} {second:02x}");
    let [first, second] = port.to_le_bytes();
    println!("least significant byte first: {first:02x} {second:02x}");

    let pseudo = PseudoHeader::V4 {
        source: Ipv4Addr::LOCALHOST,
        destination: Ipv4Addr::LOCALHOST,
    };
    let header = udp::Repr {
        source_port: 8000,
        destination_port: 53,
    };
    let mut datagram = Vec::new();
    header
        .emit(&pseudo, b"", &mut datagram)
        .expect("a Vec has room");
    let sent = [datagram[0], datagram[1]];
    println!(
        "in a UDP header:              {:02x} {:02x}",
        sent[0], sent[1]
    );
    println!("read as it was written: {}", u16::from_be_bytes(sent));
    println!("read the wrong way:     {}", u16::from_le_bytes(sent));
}
