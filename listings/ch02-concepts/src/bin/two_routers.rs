//! One datagram on its way through two routers: which of its fields each of
//! them writes anew.

use std::net::Ipv4Addr;

use ch02_concepts::packet::ethernet::{self, EtherType, Frame, MacAddr};
use ch02_concepts::packet::{Error, Protocol, dissect, ipv4, udp};

const LAPTOP: MacAddr = MacAddr([2, 0, 0, 0, 0, 0x11]);
/// Each router has two interfaces, with an address of its own on each.
const HOME: [MacAddr; 2] = [
    MacAddr([2, 0, 0, 0, 0, 0x21]),
    MacAddr([2, 0, 0, 0, 0, 0x22]),
];
const NEXT: [MacAddr; 2] = [
    MacAddr([2, 0, 0, 0, 0, 0x31]),
    MacAddr([2, 0, 0, 0, 0, 0x32]),
];
const SERVER: MacAddr = MacAddr([2, 0, 0, 0, 0, 0x41]);
const PUBLIC: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 5);

fn main() -> Result<(), Error> {
    let laptop = first_frame();
    let outside = forward(&laptop, HOME[1], NEXT[0])?.expect("TTL 63");
    let home = translate(&outside)?;
    let next = forward(&home, NEXT[1], SERVER)?.expect("TTL 62");

    println!("{:29}{:19}{:19}next router", "", "laptop", "home router");
    let [home, next] = [home, next].map(|frame| dissect(&frame));
    for (laptop, (home, next)) in
        dissect(&laptop).iter().zip(home.iter().zip(&next))
    {
        let name = format!("{} {}", laptop.layer, laptop.name);
        let [a, b, c] = [&laptop.value, &home.value, &next.value];
        if a != b || b != c {
            println!("{name:29}{a:19}{b:19}{c}");
        }
    }
    Ok(())
}

// ANCHOR: forward
/// What every router does with a frame that was sent to it. `None`: the
/// packet has been through too many.
fn forward(
    frame: &[u8],
    from: MacAddr,
    to: MacAddr,
) -> Result<Option<Vec<u8>>, Error> {
    let packet = ipv4::Packet::parse(Frame::parse(frame)?.payload())?;
    packet.verify_checksum()?;
    let Some(ttl @ 1..) = packet.ttl().checked_sub(1) else {
        return Ok(None);
    };
    let header = ipv4::Repr {
        ttl,
        ..packet.repr()
    };
    Ok(Some(frame_of(from, to, &header, packet.payload())))
}

/// What a home router does as well: it speaks to the outside in its own name.
/// This one knows UDP alone, and no fragments.
fn translate(frame: &[u8]) -> Result<Vec<u8>, Error> {
    let frame = Frame::parse(frame)?;
    let packet = ipv4::Packet::parse(frame.payload())?;
    let datagram = udp::Datagram::parse(packet.payload())?;
    datagram.verify_checksum(&packet.pseudo_header())?;
    let mut header = packet.repr();
    header.source = PUBLIC;
    // It remembers whose port this is, to translate the answer back.
    let ports = udp::Repr {
        source_port: 61_007,
        ..datagram.repr()
    };
    let mut payload = Vec::new();
    ports
        .emit(&header.pseudo_header(), datagram.payload(), &mut payload)
        .expect("a Vec has room");
    Ok(frame_of(
        frame.source(),
        frame.destination(),
        &header,
        &payload,
    ))
}
// ANCHOR_END: forward

fn frame_of(
    source: MacAddr,
    destination: MacAddr,
    header: &ipv4::Repr,
    payload: &[u8],
) -> Vec<u8> {
    let ethernet = ethernet::Repr {
        destination,
        source,
        tag: None,
        ethertype: EtherType::IPV4,
    };
    let mut frame = Vec::new();
    ethernet.emit(&mut frame).expect("a Vec has room");
    header.emit(payload.len(), &mut frame).expect("it is short");
    frame.extend_from_slice(payload);
    frame
}

fn first_frame() -> Vec<u8> {
    let header = ipv4::Repr::new(
        Ipv4Addr::new(192, 168, 1, 23),
        Ipv4Addr::new(192, 0, 2, 7),
        Protocol::UDP,
    );
    let ports = udp::Repr {
        source_port: 50_123,
        destination_port: 7,
    };
    let mut payload = Vec::new();
    ports
        .emit(&header.pseudo_header(), b"hello", &mut payload)
        .expect("a Vec has room");
    frame_of(LAPTOP, HOME[0], &header, &payload)
}
