//! What one lost packet holds up: the same packets on the same link, put in
//! order once for all responses or once for each.
//!
//! The transports here promise what TCP does, octets in order without gaps,
//! and do as little as possible for it. Every packet is acknowledged; one is
//! taken for lost when one that was sent three later has been acknowledged
//! (RFC 9002 section 6.1.1), or after two round trips. There is no handshake
//! and no congestion control: a packet leaves every [`GAP`], those to be
//! repeated first. The link is chapter 2's, and so is its clock, which is an
//! argument.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use ch02_concepts::link::{Config, ConfigError, Link};

/// How many responses there are, all of them asked for at once.
pub const RESPONSES: usize = 6;
/// How many packets each has.
pub const PACKETS: usize = 10;
/// The sender's pace.
pub const GAP: Duration = Duration::from_millis(1);
/// The link's delay, each way.
pub const DELAY: Duration = Duration::from_millis(20);
/// When a sender gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How packets are numbered and put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// ANCHOR: transport
pub enum Transport {
    /// One TCP connection: one order for the packets of all responses.
    OneConnection,
    /// A TCP connection a response: each has its order, and notices its own
    /// losses.
    Connections,
    /// A QUIC connection: packets are numbered together, so losses are
    /// noticed early, and put in order stream by stream.
    Streams,
}
// ANCHOR_END: transport

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// When each response was complete, in order, at the reader.
    pub finished: Vec<Duration>,
    /// How many packets had arrived and had to wait for an earlier one.
    pub held: usize,
    /// How many responses they belong to.
    pub responses_held: usize,
    /// Packets sent, repetitions included.
    pub sent: u64,
}

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq)]
pub enum Failed {
    /// The loss is no probability.
    Link(ConfigError),
    /// It took longer than [`PATIENCE`].
    TooLong,
}

impl From<ConfigError> for Failed {
    fn from(error: ConfigError) -> Failed {
        Failed::Link(error)
    }
}

/// A packet: which response's, and which of its packets.
type Packet = (usize, usize);

/// The losses of one numbering.
#[derive(Default)]
struct Flight {
    next: u64,
    largest: Option<u64>,
    sent: BTreeMap<u64, (Packet, Duration)>,
}

struct Sender {
    transport: Transport,
    fresh: VecDeque<Packet>,
    again: VecDeque<Packet>,
    flights: Vec<Flight>,
}

impl Sender {
    fn new(transport: Transport) -> Sender {
        // A packet of each response in turn, as fair servers send.
        let fresh = (0..PACKETS)
            .flat_map(|nth| (0..RESPONSES).map(move |r| (r, nth)))
            .collect();
        Sender {
            transport,
            fresh,
            again: VecDeque::new(),
            flights: (0..RESPONSES).map(|_| Flight::default()).collect(),
        }
    }

    /// Which numbering counts a response's packets.
    fn flight(&self, response: usize) -> usize {
        match self.transport {
            Transport::Connections => response,
            Transport::OneConnection | Transport::Streams => 0,
        }
    }

    fn send(&mut self, now: Duration) -> Option<[u8; 4]> {
        let packet =
            self.again.pop_front().or_else(|| self.fresh.pop_front())?;
        let flight = self.flight(packet.0);
        let number = self.flights[flight].next;
        self.flights[flight].next += 1;
        self.flights[flight].sent.insert(number, (packet, now));
        let [high, low] = (number as u16).to_be_bytes();
        Some([packet.0 as u8, packet.1 as u8, high, low])
    }

    fn acknowledged(&mut self, [response, _, high, low]: [u8; 4]) {
        let number = u64::from(u16::from_be_bytes([high, low]));
        let flight = self.flight(usize::from(response));
        let flight = &mut self.flights[flight];
        flight.sent.remove(&number);
        flight.largest = flight.largest.max(Some(number));
    }

    /// Puts what seems lost in line again.
    fn notice(&mut self, now: Duration) {
        for flight in &mut self.flights {
            let largest = flight.largest;
            let overdue = |number: u64, at: Duration| {
                largest.is_some_and(|largest| largest >= number + 3)
                    || now >= at + DELAY * 4
            };
            let lost = flight.sent.iter();
            let lost: Vec<_> = lost
                .filter(|&(number, (_, at))| overdue(*number, *at))
                .map(|(number, (packet, _))| (*number, *packet))
                .collect();
            for (number, packet) in lost {
                flight.sent.remove(&number);
                self.again.push_back(packet);
            }
        }
    }
}

struct Receiver {
    transport: Transport,
    arrived: BTreeSet<(usize, Packet)>,
    next: Vec<usize>,
    held: BTreeSet<Packet>,
    finished: Vec<Option<Duration>>,
}

impl Receiver {
    /// Which order a packet belongs to, and its place there.
    fn place(&self, (response, nth): Packet) -> (usize, usize) {
        match self.transport {
            Transport::OneConnection => (0, nth * RESPONSES + response),
            Transport::Connections | Transport::Streams => (response, nth),
        }
    }

    fn packet(&self, order: usize, place: usize) -> Packet {
        match self.transport {
            Transport::OneConnection => (place % RESPONSES, place / RESPONSES),
            Transport::Connections | Transport::Streams => (order, place),
        }
    }

    // ANCHOR: receive
    fn receive(&mut self, packet: Packet, now: Duration) {
        let (order, place) = self.place(packet);
        if place < self.next[order] {
            return;
        }
        if place > self.next[order] {
            self.held.insert(packet);
        }
        self.arrived.insert((order, packet));
        // The reader gets what is next in its order, as far as it goes.
        loop {
            let next = self.packet(order, self.next[order]);
            if !self.arrived.remove(&(order, next)) {
                break;
            }
            self.next[order] += 1;
            if next.1 + 1 == PACKETS {
                self.finished[next.0] = Some(now);
            }
        }
    }
    // ANCHOR_END: receive
}

/// Sends [`RESPONSES`] over a link that loses packets with probability
/// `loss`, and besides them the transmission number `lose`, counted from 0.
///
/// # Errors
/// [`Failed`].
pub fn run(
    transport: Transport,
    loss: f64,
    lose: Option<u64>,
    seed: u64,
) -> Result<Outcome, Failed> {
    let delay = DELAY;
    let config = Config {
        delay,
        loss,
        ..Config::default()
    };
    let mut there = Link::new(config.clone(), seed)?;
    let perfect = Config {
        delay,
        ..Config::default()
    };
    let mut back = Link::new(perfect, seed)?;
    let mut sender = Sender::new(transport);
    let mut receiver = Receiver {
        transport,
        arrived: BTreeSet::new(),
        next: vec![0; RESPONSES],
        held: BTreeSet::new(),
        finished: vec![None; RESPONSES],
    };
    let mut now = Duration::ZERO;
    while receiver.finished.contains(&None) {
        if now > PATIENCE {
            return Err(Failed::TooLong);
        }
        while let Some(delivery) = back.poll(now) {
            let ack = delivery.packet.try_into();
            sender.acknowledged(ack.expect("this link keeps packets whole"));
        }
        sender.notice(now);
        if let Some(packet) = sender.send(now) {
            let number = there.counters().sent;
            let loss = if lose == Some(number) { 1.0 } else { loss };
            there.reconfigure(Config {
                loss,
                ..config.clone()
            })?;
            there.send(now, &packet).expect("four bytes fit");
        }
        while let Some(delivery) = there.poll(now) {
            let packet = &delivery.packet;
            let which = (usize::from(packet[0]), usize::from(packet[1]));
            receiver.receive(which, now);
            back.send(now, packet).expect("four bytes fit");
        }
        now += GAP;
    }
    let held: BTreeSet<_> = receiver.held.iter().map(|p| p.0).collect();
    Ok(Outcome {
        finished: receiver.finished.into_iter().flatten().collect(),
        held: receiver.held.len(),
        responses_held: held.len(),
        sent: there.counters().sent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Transport; 3] = [
        Transport::OneConnection,
        Transport::Connections,
        Transport::Streams,
    ];

    #[test]
    fn without_loss_all_are_alike() {
        for transport in ALL {
            let outcome = run(transport, 0.0, None, 1).unwrap();
            // The last packets leave in the last six slots.
            let last = DELAY + GAP * 59;
            assert_eq!(outcome.finished[5], last, "{transport:?}");
            assert_eq!(outcome.finished[0], last - GAP * 5);
            assert_eq!((outcome.held, outcome.sent), (0, 60));
        }
    }

    #[test]
    fn a_loss_holds_up_those_in_its_order_and_no_others() {
        for (transport, held) in ALL.into_iter().zip([6, 1, 1]) {
            // The second packet of response 2.
            let outcome = run(transport, 0.0, Some(8), 1).unwrap();
            assert_eq!(outcome.responses_held, held, "{transport:?}");
            assert_eq!(outcome.sent, 61);
        }
    }

    #[test]
    fn every_packet_arrives_whatever_is_lost() {
        for transport in ALL {
            for seed in 0..50 {
                let outcome = run(transport, 0.3, None, seed).unwrap();
                assert_eq!(outcome.finished.len(), RESPONSES);
            }
        }
    }

    #[test]
    fn a_link_that_loses_all_is_given_up() {
        let outcome = run(Transport::Streams, 1.0, None, 1);
        assert_eq!(outcome, Err(Failed::TooLong));
        assert!(run(Transport::Streams, 2.0, None, 1).is_err());
    }
}
