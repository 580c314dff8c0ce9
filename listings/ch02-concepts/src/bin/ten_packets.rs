//! Ten packets over a bad network, counted at both ends.

use std::time::Duration;

use ch02_concepts::link::{Config, Link};

fn main() {
    let mut network = Link::new(Config::bad(), 9508).expect("a valid one");

    for number in 0..10 {
        let now = Duration::from_millis(10 * number);
        let packet = format!("{number} pay 10");
        network.send(now, packet.as_bytes()).expect("8 bytes fit");
    }

    let mut received = 0;
    while let Some(now) = network.next_arrival() {
        network.poll(now).expect("it has just said so");
        received += 1;
    }
    println!("10 packets sent, {received} received");
}
