//! Ten orders, each sent until it is acknowledged: what that promises, what
//! it costs, and what it leaves open.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use ch02_concepts::link::{Cable, Config};
use ch02_concepts::packet::checksum::checksum;
use ch03_sockets::backoff::Backoff;
use ch03_sockets::udp_request::{
    Action, Event, Kind, Message, NoAnswer, Request,
};

const RECEIVER: SocketAddr =
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 7000));

fn main() {
    let good = Config {
        delay: Duration::from_millis(20),
        ..Config::default()
    };
    let cable = |config: &Config| {
        Cable::new(config.clone(), config.clone(), 9508).expect("a valid one")
    };
    println!("network  acknowledged  in order  packets there, back     took");
    run("good", cable(&good), 10);
    run("bad", cable(&Config::bad()), 10);
    run("cut", cable(&good), 5);
}

/// Sends ten orders. Before order `cut` the way back is cut.
fn run(name: &str, mut cable: Cable, cut: u32) {
    let mut receiver = Receiver::default();
    let mut now = Duration::ZERO;
    let mut acknowledged = 0;
    let mut result = Ok(());
    while acknowledged < 10 && result.is_ok() {
        if acknowledged == cut {
            let loses_all = Config {
                loss: 1.0,
                ..Config::default()
            };
            cable.back.reconfigure(loses_all).expect("a valid one");
        }
        result = send(acknowledged, &mut cable, &mut receiver, &mut now);
        acknowledged += u32::from(result.is_ok());
    }
    let in_order = receiver.orders.len();
    let there = cable.there.counters().sent;
    let back = cable.back.counters().sent;
    let ms = now.as_millis();
    println!(
        "{name:<7}  {acknowledged:>12}  {in_order:>8}  \
         {there:>13}, {back:>4}  {ms:>4} ms"
    );
    if let Err(error) = result {
        println!("         order {acknowledged}: {error}");
    }
}

// ANCHOR: sender
/// Sends one order and waits for its acknowledgment.
fn send(
    number: u32,
    cable: &mut Cable,
    receiver: &mut Receiver,
    now: &mut Duration,
) -> Result<(), NoAnswer> {
    let ms = Duration::from_millis;
    let backoff = Backoff::new(ms(80), ms(640), 6);
    let mut request = Request::new(number, RECEIVER, b"pay 10", backoff)
        .expect("six bytes fit");
    let mut action = request.handle(Event::Tick, *now);
    loop {
        let until = match action {
            Action::Send { until } => {
                let packet = seal(request.datagram());
                cable.there.send(*now, &packet).expect("it fits");
                until
            }
            Action::Wait { until } => until,
            Action::Done(_) => return Ok(()),
            Action::GiveUp(error) => return Err(error),
        };
        // Whatever is next: an arrival at either end, or the deadline.
        *now = cable.next_arrival().map_or(until, |at| at.min(until));
        while let Some(delivery) = cable.there.poll(*now) {
            if let Some(answer) = receiver.handle(&delivery.packet) {
                cable.back.send(*now, &seal(&answer)).expect("it fits");
            }
        }
        let delivery = cable.back.poll(*now);
        let event = match delivery.as_ref().and_then(|d| open(&d.packet)) {
            Some(datagram) => Event::Received {
                from: RECEIVER,
                datagram,
            },
            None => Event::Tick,
        };
        action = request.handle(event, *now);
    }
}
// ANCHOR_END: sender

// ANCHOR: receiver
/// Takes every order once, in order.
#[derive(Default)]
struct Receiver {
    orders: Vec<Vec<u8>>,
}

impl Receiver {
    /// Takes in a packet; returns its acknowledgment.
    fn handle(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let order = Message::decode(open(packet)?).ok()?;
        let next = self.orders.len() as u32;
        if order.id == next {
            self.orders.push(order.body.to_vec());
        }
        // An old order means that its acknowledgment was lost: once more.
        let acknowledgment = Message {
            kind: Kind::Answer,
            id: order.id,
            body: b"",
        };
        (order.id <= next).then(|| acknowledgment.encode().expect("it fits"))
    }
}
// ANCHOR_END: receiver

/// Puts a checksum in front of a datagram.
fn seal(datagram: &[u8]) -> Vec<u8> {
    let mut packet = vec![0, 0];
    packet.extend_from_slice(datagram);
    let sum = checksum(&packet);
    packet[..2].copy_from_slice(&sum.to_be_bytes());
    packet
}

/// What is behind the checksum, if it is right.
fn open(packet: &[u8]) -> Option<&[u8]> {
    // With its checksum in it, whole data has the checksum 0.
    (checksum(packet) == 0).then(|| packet.get(2..))?
}
