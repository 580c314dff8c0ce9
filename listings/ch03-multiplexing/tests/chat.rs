//! The chat without a socket: what each guest reads, and what a guest can
//! make the server hold.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::time::Duration;

use ch03_multiplexing::chat::{Chat, MAX_LINE, Policy};
use ch03_multiplexing::machine::{Event, Id, Interest, Machine, Next, Why};
use ch03_multiplexing::outgoing::PIECE;
use ch03_multiplexing::table::Limits;
use proptest::prelude::*;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A driver without sockets: each guest takes what it is given, or does not.
struct Bench {
    chat: Chat,
    now: Duration,
    interests: BTreeMap<Id, Interest>,
    closed: Vec<Id>,
    deaf: Vec<Id>,
    heard: BTreeMap<Id, String>,
    guests: u16,
}

impl Bench {
    fn new(limits: Limits, policy: Policy) -> Self {
        Bench {
            chat: Chat::new(limits, policy),
            now: Duration::ZERO,
            interests: BTreeMap::new(),
            closed: Vec::new(),
            deaf: Vec::new(),
            heard: BTreeMap::new(),
            guests: 0,
        }
    }

    fn connect(&mut self) -> Result<Id, Why> {
        self.guests += 1;
        let peer = SocketAddr::from(([127, 0, 0, 1], self.guests));
        let id = self.chat.connected(peer, self.now)?;
        self.settle();
        Ok(id)
    }

    fn guest(&mut self, name: &str) -> Id {
        let id = self.connect().unwrap();
        self.say(id, &format!("{name}\n"));
        self.take(id);
        id
    }

    fn say(&mut self, id: Id, text: &str) {
        self.bytes(id, text.as_bytes());
    }

    fn bytes(&mut self, id: Id, bytes: &[u8]) {
        self.chat.received(id, bytes, self.now);
        self.settle();
    }

    /// Does what the chat asks for until it asks for nothing.
    fn settle(&mut self) {
        while let Some((id, next)) = self.chat.changed(self.now) {
            match next {
                Next::Close => {
                    self.interests.remove(&id);
                    self.closed.push(id);
                }
                Next::Wait(interest) => {
                    self.interests.insert(id, interest);
                    if interest.write && !self.deaf.contains(&id) {
                        let mut slices = [IoSlice::new(&[]); 4];
                        let table = self.chat.table();
                        let n = table.slices(id, &mut slices);
                        let bytes = slices[..n].iter().flat_map(|s| s.iter());
                        let bytes = bytes.copied().collect();
                        let text = String::from_utf8(bytes).unwrap();
                        self.chat.sent(id, text.len(), self.now);
                        self.heard.entry(id).or_default().push_str(&text);
                    }
                }
            }
        }
    }

    fn take(&mut self, id: Id) -> String {
        self.heard.remove(&id).unwrap_or_default()
    }

    /// `id` reads again.
    fn hear(&mut self, id: Id) {
        self.deaf.retain(|deaf| *deaf != id);
        self.chat.sent(id, 0, self.now);
        self.settle();
    }

    fn tick(&mut self, now: Duration) {
        self.now = now;
        self.chat.table().tick(now);
        self.settle();
    }

    fn ends(&mut self) -> Vec<Why> {
        let events = std::iter::from_fn(|| self.chat.table().event());
        let ends = events.filter_map(|event| match event {
            Event::Closed(_, why) => Some(why),
            _ => None,
        });
        ends.collect()
    }
}

fn bench() -> Bench {
    Bench::new(Limits::default(), Policy::Disconnect)
}

#[test]
fn a_line_reaches_everybody_else_in_the_room() {
    let mut bench = bench();
    let [a, b, c] = ["ann", "bob", "cid"].map(|name| bench.guest(name));
    bench.say(c, "/join crabs\n");
    for id in [a, b, c] {
        bench.take(id);
    }
    bench.say(a, "Hello!\r\n");
    assert_eq!(bench.take(a), "");
    assert_eq!(bench.take(b), "<ann> Hello!\n");
    assert_eq!(bench.take(c), "");
}

#[test]
fn who_comes_and_goes_is_said() {
    let mut bench = bench();
    let a = bench.guest("ann");
    let b = bench.guest("bob");
    assert_eq!(bench.take(a), "* bob is here\n");
    bench.say(b, "/quit\n");
    assert_eq!(bench.take(b), "* Bye.\n");
    assert_eq!(bench.take(a), "* bob has left\n");
    assert_eq!(bench.closed, [b]);
    assert_eq!(bench.ends(), [Why::Quit]);
    // The name is free again.
    let b = bench.connect().unwrap();
    bench.say(b, "bob\n");
    assert_eq!(bench.take(b), "* Who are you?\n* In lobby: ann, bob\n");
}

#[test]
fn what_is_refused_is_said() {
    let mut bench = bench();
    bench.guest("ann");
    let id = bench.connect().unwrap();
    bench.take(id);
    for (line, answer) in [
        ("ann", "! somebody has this name\n"),
        ("", "! a name has"),
        ("a b", "! a name has"),
        ("seventeen-letters", "! a name has"),
        ("\x1b[2J", "! text only"),
        ("bob", "* In lobby: ann, bob\n"),
        ("/join", "! a name has"),
        ("/join a b", "! a name has"),
        ("/nick x", "! /join ROOM"),
        ("beep \x07", "! text only"),
    ] {
        bench.say(id, &format!("{line}\n"));
        let said = bench.take(id);
        assert!(said.starts_with(answer), "{line:?}: {said:?}");
    }
    bench.bytes(id, b"\xff\n");
    assert_eq!(bench.take(id), "! text only, please\n");
}

#[test]
fn the_end_of_a_stream_is_the_end_after_the_lines_before_it() {
    let mut bench = bench();
    let a = bench.guest("ann");
    let b = bench.guest("bob");
    bench.take(a);
    bench.chat.received(b, b"one\ntwo\nthr", bench.now);
    bench.chat.ended(b, bench.now);
    bench.settle();
    assert_eq!(bench.take(a), "<bob> one\n<bob> two\n* bob has left\n");
    assert_eq!(bench.ends(), [Why::Ended]);
}

#[test]
fn an_endless_line_ends_the_connection() {
    let mut bench = bench();
    let id = bench.guest("ann");
    for _ in 0..2 {
        bench.bytes(id, &[b'x'; MAX_LINE]);
    }
    assert_eq!(bench.take(id), "! over 1024 bytes in a line\n");
    assert_eq!(bench.ends(), [Why::LongLine(MAX_LINE)]);
    bench.bytes(id, b"late\n");
    assert!(bench.chat.table().is_empty());
}

#[test]
fn who_asks_and_does_not_read_is_not_read_from() {
    let limits = Limits::default();
    let mut bench = Bench::new(limits.clone(), Policy::Disconnect);
    let id = bench.guest("ann");
    bench.deaf.push(id);
    let question = "/who\n";
    let mut asked = 0;
    while bench.interests[&id].read {
        bench.say(id, question);
        asked += 1;
        assert!(asked < 10_000, "it is read from for ever");
    }
    let most = limits.high + 1024;
    assert!(bench.chat.table().waiting(id) < most);
    // Three more came in one piece with the last one.
    bench.say(id, &question.repeat(3));
    assert!(bench.chat.table().waiting(id) < most);
    bench.hear(id);
    assert!(bench.interests[&id].read);
    let said = bench.take(id);
    assert_eq!(said.matches("In lobby").count(), asked + 3);
}

#[test]
fn a_slow_reader_is_hung_up_on() {
    let limits = Limits {
        most: 4096,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Disconnect);
    let [a, b] = ["ann", "bob"].map(|name| bench.guest(name));
    bench.deaf.push(b);
    for n in 0..1000 {
        bench.say(a, &format!("{n}\n"));
        assert!(bench.chat.table().waiting(b) <= 4096 + PIECE);
    }
    assert_eq!(bench.closed, [b]);
    let ends = bench.ends();
    assert!(
        matches!(ends[..], [Why::SlowReader(4000..=4200)]),
        "{ends:?}"
    );
    assert!(bench.take(a).contains("* bob has left\n"));
}

#[test]
fn a_slow_reader_is_told_how_much_it_missed() {
    let limits = Limits {
        most: 4096,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Skip);
    let [a, b] = ["ann", "bob"].map(|name| bench.guest(name));
    bench.deaf.push(b);
    for n in 0..1000 {
        bench.say(a, &format!("{n}\n"));
    }
    bench.hear(b);
    let said = bench.take(b);
    let lines = said.matches("<ann>").count();
    let missed = format!("* {} lines left out\n", 1000 - lines);
    assert!(said.ends_with(&missed), "{said}");
    bench.say(a, "back?\n");
    assert_eq!(bench.take(b), "<ann> back?\n");
}

/// What comes after a gap is not read before the word about the gap.
#[test]
fn a_gap_is_owned_up_to_where_it_is() {
    let limits = Limits {
        most: 4096,
        low: 1024,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Skip);
    let [a, b] = ["ann", "bob"].map(|name| bench.guest(name));
    bench.deaf.push(b);
    for n in 0..1000 {
        bench.say(a, &format!("{n}\n"));
    }
    // Room for a line, but not yet for the word about those left out.
    bench.chat.sent(b, 500, bench.now);
    bench.say(a, "late\n");
    bench.hear(b);
    bench.say(a, "back?\n");
    let said = bench.take(b);
    let (before, after) = said.split_once(" lines left out\n").unwrap();
    assert!(!before.contains("late"), "{said}");
    assert_eq!(after, "<ann> back?\n");
}

/// Each hang-up is said to the next one in line, who does not read either.
#[test]
fn a_room_full_of_slow_readers_ends_without_a_deep_stack() {
    let limits = Limits {
        most: 0,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Disconnect);
    let first = bench.guest("n0");
    for n in 1..1000 {
        bench.guest(&format!("n{n}"));
    }
    bench.say(first, "boo\n");
    assert!(bench.chat.table().len() <= 1);
}

#[test]
fn silence_and_a_full_queue_have_their_deadlines() {
    let limits = Limits {
        idle: ms(1000),
        stall: ms(100),
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Skip);
    let a = bench.guest("ann");
    bench.tick(ms(900));
    let b = bench.guest("bob");
    bench.take(a);
    assert_eq!(bench.chat.table().next_deadline(), Some(ms(1000)));
    // The word of bob's coming was taken by ann at 900.
    bench.tick(ms(1000));
    assert_eq!(bench.chat.table().len(), 2);
    bench.deaf.push(b);
    bench.now = ms(1200);
    bench.say(a, "psst\n");
    assert_eq!(bench.chat.table().next_deadline(), Some(ms(1300)));
    bench.tick(ms(1299));
    assert!(bench.closed.is_empty());
    bench.tick(ms(1300));
    assert_eq!(bench.ends(), [Why::Stuck(ms(100))]);
    bench.tick(ms(9000));
    assert_eq!(bench.ends(), [Why::Silent(ms(1000))]);
    assert_eq!(bench.chat.table().next_deadline(), None);
}

/// A byte now and then keeps silence away, but not the end of the line.
#[test]
fn a_line_that_was_begun_has_to_end() {
    let limits = Limits {
        idle: ms(1000),
        line: ms(500),
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Skip);
    let slow = bench.guest("slow");
    let fast = bench.guest("fast");
    // Each line in two halves, and the next one begun with the second.
    for now in (100..1000).step_by(100) {
        bench.tick(ms(now));
        bench.say(fast, "lf\nha");
        if now >= 300 {
            bench.say(slow, "x");
        }
    }
    // Slow is late since 800; the timer of nobody else was set for it.
    assert_eq!(bench.closed, [slow]);
    assert_eq!(bench.ends(), [Why::SlowLine(ms(500))]);
    // The last half of fast's came at 900.
    assert_eq!(bench.chat.table().next_deadline(), Some(ms(1000)));
    bench.tick(ms(1000));
    assert_eq!(bench.chat.table().next_deadline(), Some(ms(1400)));
    bench.tick(ms(1400));
    assert_eq!(bench.ends(), [Why::SlowLine(ms(500))]);
}

/// We do not read from a peer that is paused: the end of its line may be in
/// the socket.
#[test]
fn the_time_in_which_nobody_reads_does_not_count_for_a_line() {
    let limits = Limits {
        line: ms(500),
        stall: ms(5000),
        high: 300,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Skip);
    let b = bench.guest("bob");
    bench.say(b, "half ");
    bench.deaf.push(b);
    bench.chat.table().answer(b, &[b'x'; 400], ms(0));
    bench.settle();
    assert!(bench.chat.table().paused(b));
    bench.tick(ms(3000));
    assert!(bench.closed.is_empty());
    bench.hear(b);
    bench.tick(ms(3499));
    assert!(bench.closed.is_empty());
    bench.tick(ms(3500));
    assert_eq!(bench.closed, [b]);
}

/// Late word of a driver whose kernel was still at it.
#[test]
fn what_was_sent_of_a_queue_that_is_lost_is_not_missed() {
    let mut bench = bench();
    let id = bench.guest("ann");
    bench.deaf.push(id);
    bench.say(id, "/who\n");
    assert!(bench.chat.table().waiting(id) > 0);
    bench.chat.table().abort(id, Why::SlowReader(16));
    bench.chat.sent(id, 16, bench.now);
    bench.settle();
    assert_eq!(bench.ends(), [Why::SlowReader(16)]);
}

/// Nothing is nothing to wait for.
#[test]
fn an_empty_answer_waits_for_nobody() {
    let mut bench = bench();
    let id = bench.guest("ann");
    bench.chat.table().answer(id, b"", ms(0));
    assert!(bench.chat.table().offer(id, &bytes::Bytes::new(), ms(0)));
    bench.settle();
    assert!(!bench.interests[&id].write);
}

#[test]
fn one_more_than_there_are_places_is_refused() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let mut bench = Bench::new(limits, Policy::Skip);
    let id = bench.guest("ann");
    assert_eq!(bench.connect(), Err(Why::Full(1)));
    bench.say(id, "/quit\n");
    assert!(bench.connect().is_ok());
}

#[test]
fn a_listener_that_fails_is_in_the_log_once() {
    let mut bench = bench();
    let error = std::io::Error::other("no more");
    let table = bench.chat.table();
    for _ in 0..3 {
        table.accepted();
        for _ in 0..1000 {
            table.accept_failed(&error);
        }
    }
    table.accepted();
    let events = std::iter::from_fn(|| bench.chat.table().event());
    let said: Vec<_> = events.map(|event| event.to_string()).collect();
    let once = ["accept fails: no more", "accept works after 1000 failures"];
    assert_eq!(said, once.repeat(3));
}

#[test]
fn a_server_that_stops_says_what_it_has_to_say() {
    let mut bench = bench();
    let a = bench.guest("ann");
    let b = bench.guest("bob");
    bench.deaf.push(a);
    bench.say(b, "last words\n");
    bench.chat.table().shut_down();
    bench.settle();
    assert_eq!(bench.closed, [b]);
    assert_eq!(bench.connect(), Err(Why::Shutdown));
    bench.hear(a);
    assert!(bench.take(a).contains("<bob> last words\n"));
    assert!(bench.chat.table().is_empty());
}

proptest! {
    /// Whatever three guests do, however they are read to: no panic, a bound
    /// on what waits, and every name free at the end.
    #[test]
    fn any_conversation_stays_within_bounds(
        steps in proptest::collection::vec(
            (0..3_usize, "(/join [a-c]|/who|/quit|[a-z]{1,5}|\\x1b|)(\n|\r\n|)", 0..6_u8),
            0..120,
        )
    ) {
        let limits = Limits {
            high: 300,
            low: 100,
            most: 500,
            ..Limits::default()
        };
        let mut bench = Bench::new(limits, Policy::Skip);
        let mut guests = [(); 3].map(|()| bench.connect().unwrap());
        for (guest, text, what) in steps {
            let id = guests[guest];
            match what {
                0 => bench.deaf.push(id),
                1 => bench.hear(id),
                2 if text.is_empty() => {
                    bench.chat.ended(id, bench.now);
                    bench.settle();
                }
                _ if bench.interests.get(&id).is_some_and(|i| i.read) => {
                    bench.say(id, &text);
                }
                _ => {}
            }
            if bench.closed.contains(&id) {
                guests[guest] = bench.connect().unwrap();
            }
            for id in guests {
                prop_assert!(bench.chat.table().waiting(id) <= 700);
            }
        }
        bench.deaf.clear();
        for id in guests {
            bench.hear(id);
            bench.chat.ended(id, bench.now);
            bench.settle();
        }
        prop_assert!(bench.chat.table().is_empty());
        prop_assert_eq!(bench.chat.table().next_deadline(), None);
        for name in ["a", "ab"] {
            let id = bench.connect().unwrap();
            bench.say(id, &format!("{name}\n"));
            let said = bench.take(id);
            prop_assert!(said.contains("* In lobby"), "{}", said);
        }
    }
}

/// The silence of a peer is not longer because something waited for it when
/// its time was up.
#[test]
fn silence_counts_from_the_last_byte_whatever_waited_meanwhile() {
    let ms = Duration::from_millis;
    let limits = Limits {
        idle: ms(300),
        ..Limits::default()
    };
    let mut table = ch03_multiplexing::table::Table::<()>::new(limits);
    let peer = "127.0.0.1:1".parse().unwrap();
    let id = table.connect(peer, ms(0)).unwrap();
    table.answer(id, b"x", ms(299));
    table.tick(ms(300));
    table.sent(id, 1, ms(301));
    while table.changed().is_some() {}
    assert!(table.next_deadline() <= Some(ms(602)));
}
