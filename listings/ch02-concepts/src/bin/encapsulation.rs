//! Five bytes, "hello", as UDP and as TCP: what each layer adds.

use std::net::Ipv4Addr;

use ch02_concepts::packet::ethernet::{self, EtherType, MIN_PAYLOAD, MacAddr};
use ch02_concepts::packet::tcp::{self, Flags, TcpOption, write_options};
use ch02_concepts::packet::{EmitError, OptionBytes, Protocol, ipv4, udp};

/// What the card adds to each frame, in the time that a byte takes: preamble
/// and start of frame, frame check sequence, and the gap to the next frame
/// (IEEE 802.3).
const CARD: usize = 8 + 4 + 12;

fn main() -> Result<(), EmitError> {
    let clocks = TcpOption::Timestamps {
        value: 1,
        echo_reply: 1,
    };
    let pad = TcpOption::NoOperation;
    let options = write_options(&[pad, pad, clocks])?;
    for payload in [&b"hello"[..], &[0x2a; 1400]] {
        println!(
            "{:15}  payload  UDP/TCP  IP  Ethernet  padding  card   all  \
             overhead",
            ""
        );
        report("UDP", payload, &udp_datagram(payload)?);
        report("TCP", payload, &segment(OptionBytes::NONE, payload)?);
        report("TCP, timestamps", payload, &segment(options, payload)?);
    }
    Ok(())
}

fn ip(protocol: Protocol) -> ipv4::Repr {
    let source = Ipv4Addr::new(192, 0, 2, 1);
    let destination = Ipv4Addr::new(192, 0, 2, 2);
    ipv4::Repr::new(source, destination, protocol)
}

fn udp_datagram(payload: &[u8]) -> Result<Vec<u8>, EmitError> {
    let udp = udp::Repr {
        source_port: 40000,
        destination_port: 7,
    };
    let mut datagram = Vec::new();
    let pseudo = ip(Protocol::UDP).pseudo_header();
    udp.emit(&pseudo, payload, &mut datagram)?;
    frame(Protocol::UDP, &datagram)
}

fn segment(options: OptionBytes, payload: &[u8]) -> Result<Vec<u8>, EmitError> {
    let tcp = tcp::Repr {
        source_port: 40000,
        destination_port: 7,
        sequence_number: 1,
        acknowledgment_number: 1,
        flags: Flags::PSH | Flags::ACK,
        window: 64240,
        urgent_pointer: 0,
        options,
    };
    let mut segment = Vec::new();
    let pseudo = ip(Protocol::TCP).pseudo_header();
    tcp.emit(&pseudo, payload, &mut segment)?;
    frame(Protocol::TCP, &segment)
}

// ANCHOR: frame
/// The frame that carries an IPv4 packet that carries `transport`.
fn frame(protocol: Protocol, transport: &[u8]) -> Result<Vec<u8>, EmitError> {
    let ethernet = ethernet::Repr {
        destination: MacAddr([2, 0, 0, 0, 0, 0x0b]),
        source: MacAddr([2, 0, 0, 0, 0, 0x0a]),
        tag: None,
        ethertype: EtherType::IPV4,
    };
    let mut frame = Vec::new();
    ethernet.emit(&mut frame)?;
    ip(protocol).emit(transport.len(), &mut frame)?;
    frame.extend_from_slice(transport);
    Ok(frame)
}
// ANCHOR_END: frame

fn report(what: &str, payload: &[u8], frame: &[u8]) {
    let packet = frame.len() - ethernet::HEADER_LEN;
    let transport = packet - ipv4::HEADER_LEN - payload.len();
    let padding = MIN_PAYLOAD.saturating_sub(packet);
    let wire = frame.len() + padding + CARD;
    let overhead = 100.0 * (wire - payload.len()) as f64 / wire as f64;
    println!(
        "{what:<15}  {:>7}  {transport:>7}  {:>2}  {:>8}  {padding:>7}  \
         {CARD:>4}  {wire:>4}  {overhead:>6.1} %",
        payload.len(),
        ipv4::HEADER_LEN,
        ethernet::HEADER_LEN,
    );
}
