//! The same ten packets: what became of each, and what the receiver saw.

use std::time::Duration;

use ch02_concepts::link::{Arrival, Config, Fate, Link, Sent};

fn main() {
    let mut network = Link::new(Config::bad(), 9508).expect("a valid one");

    println!("sent    packet     what the network did");
    for number in 0..10 {
        let now = Duration::from_millis(10 * number);
        let packet = format!("{number} pay 10");
        let sent = network.send(now, packet.as_bytes()).expect("8 bytes fit");
        println!("{:>3} ms  {packet}   {}", now.as_millis(), tell(sent));
    }

    println!("\nreceived  packet");
    while let Some(now) = network.next_arrival() {
        let delivery = network.poll(now).expect("it has just said so");
        let packet = String::from_utf8_lossy(&delivery.packet);
        println!("  {:>3} ms  {packet}", now.as_millis());
    }
}

// ANCHOR: tell
/// The network's side of the story, which no sender is told.
fn tell(sent: Sent) -> String {
    match sent.fate {
        Fate::Arrives { first, second, .. } => {
            let second = second.map(|copy| format!(", then {}", arrival(copy)));
            arrival(first) + &second.unwrap_or_default()
        }
        Fate::Lost { .. } => "lost".to_string(),
        other => format!("{other:?}"),
    }
}
// ANCHOR_END: tell

fn arrival(copy: Arrival) -> String {
    let mut text = format!("arrives at {} ms", copy.at.as_millis());
    if copy.late {
        text += ", held back";
    }
    if let Some(bit) = copy.flipped {
        text += &format!(", bit {bit} flipped");
    }
    text
}
