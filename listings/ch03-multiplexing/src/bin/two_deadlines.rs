//! Silent for too long, and taking nothing for too long, on a clock that we
//! move by hand.

use std::net::SocketAddr;
use std::time::Duration;

use ch03_multiplexing::machine::{Id, Next};
use ch03_multiplexing::table::{Limits, Table};

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn show(table: &mut Table<()>, now: Duration, what: &str) {
    let next = table.next_deadline();
    let next =
        next.map_or("no more".into(), |at| format!("at {}", at.as_secs()));
    println!("{:3} s  {what:26}  wake me {next}", now.as_secs());
}

fn settle(table: &mut Table<()>) -> Option<Id> {
    let mut closed = None;
    while let Some((id, next)) = table.changed() {
        if next == Next::Close {
            closed = Some(id);
        }
    }
    while let Some(event) = table.event() {
        println!("       {event}");
    }
    closed
}

fn main() {
    // ANCHOR: line
    let limits = Limits {
        idle: s(600),
        stall: s(10),
        ..Limits::default()
    };
    let mut table = Table::<()>::new(limits);
    let [ann, bob] = [1, 2].map(|port| {
        let peer = SocketAddr::from(([127, 0, 0, port], 4000));
        table.connect(peer, s(0)).expect("there is room")
    });
    settle(&mut table);
    show(&mut table, s(0), "both are here");
    for second in 1..=500 {
        table.heard(bob, s(second));
    }
    show(&mut table, s(500), "bob has spoken 500 times");
    table.answer(bob, b"hello", s(501));
    settle(&mut table);
    show(&mut table, s(501), "5 bytes wait for bob");
    table.sent(bob, 2, s(509));
    settle(&mut table);
    show(&mut table, s(509), "bob's kernel takes 2");
    while let Some(at) = table.next_deadline() {
        table.tick(at);
        settle(&mut table);
        show(&mut table, at, "tick");
    }
    // ANCHOR_END: line
    assert!(table.get(ann).is_none());
}
