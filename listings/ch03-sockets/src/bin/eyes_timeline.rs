//! Happy Eyeballs without a network: what it does when, in injected time.

use std::net::{AddrParseError, SocketAddr};
use std::time::Duration;

use ch03_sockets::happy_eyeballs::{
    Action, AttemptId, Config, Family, HappyEyeballs,
};

/// What happens, so many milliseconds after the start.
enum Event {
    Answer(Family, &'static [&'static str]),
    Connected(AttemptId),
    Refused(AttemptId),
}

fn main() -> Result<(), AddrParseError> {
    use Event::{Answer, Connected, Refused};
    const V6: &[&str] = &["[2001:db8::1]:443", "[2001:db8::2]:443"];
    const V4: &[&str] = &["192.0.2.1:443"];
    // ANCHOR: script
    println!("IPv6 is a black hole");
    play(&[
        (20, Answer(Family::V6, V6)),
        (25, Answer(Family::V4, V4)),
        (310, Connected(AttemptId(1))),
    ])?;
    println!("\nthe AAAA answer is late, IPv6 refuses");
    play(&[
        (20, Answer(Family::V4, V4)),
        (45, Answer(Family::V6, V6)),
        (55, Refused(AttemptId(0))),
        (85, Connected(AttemptId(1))),
    ])?;
    println!("\nthe AAAA answer does not come");
    play(&[(20, Answer(Family::V4, V4)), (100, Connected(AttemptId(0)))])
    // ANCHOR_END: script
}

fn play(script: &[(u64, Event)]) -> Result<(), AddrParseError> {
    let mut race = HappyEyeballs::<&str>::new(Config::default());
    let mut events = script.iter().peekable();
    let mut now = Duration::ZERO;
    loop {
        let wake = match race.poll(now) {
            Action::Connect { id, addr } => {
                println!("{now:>6?}  connect to {addr}, attempt {}", id.0);
                continue;
            }
            Action::Cancel(id) => {
                println!("{now:>6?}  cancel attempt {}", id.0);
                continue;
            }
            Action::WaitUntil(then) => then,
            Action::Wait => Duration::MAX,
            over => {
                println!("{now:>6?}  {over:?}");
                return Ok(());
            }
        };
        let due = |at: u64| Duration::from_millis(at) <= wake;
        let Some((at, event)) = events.next_if(|(at, _)| due(*at)) else {
            now = wake;
            continue;
        };
        now = Duration::from_millis(*at);
        match event {
            Event::Answer(family, addrs) => {
                println!("{now:>6?}  {family:?} answer: {}", addrs.len());
                let addrs: Result<Vec<SocketAddr>, _> =
                    addrs.iter().map(|addr| addr.parse()).collect();
                race.on_answer(now, *family, addrs?);
            }
            Event::Connected(id) => race.on_success(*id),
            Event::Refused(id) => {
                println!("{now:>6?}  attempt {} is refused", id.0);
                race.on_failure(now, *id, "refused");
            }
        }
    }
}
