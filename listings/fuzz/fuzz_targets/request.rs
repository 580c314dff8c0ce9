//! Idempotency keys (2.5): any field value is a key or refused, and whatever
//! arrives, a request is executed at most once within its window.
#![no_main]

use std::collections::HashMap;
use std::time::Duration;

use ch02_concepts::request::keys::{
    Begin, Idempotency, Key, Limits, MAX_KEY, Ticket,
};
use libfuzzer_sys::fuzz_target;

const WINDOW: Duration = Duration::from_secs(60);
const KEYS: usize = 5;

fn parse(value: &[u8]) {
    if let Ok(key) = Key::parse(value) {
        assert!((1..=MAX_KEY).contains(&key.as_str().len()));
        let escaped = key.as_str().replace('\\', r"\\").replace('"', "\\\"");
        let again = Key::parse(format!("\"{escaped}\"").as_bytes());
        assert_eq!(again.as_ref(), Ok(&key));
    }
}

/// Two octets an event: what happens and to whom, and how long after the last.
fn run(events: &[u8]) {
    let mut store = Idempotency::new(Limits {
        window: WINDOW,
        keys: KEYS,
        keys_per_client: 3,
    });
    let mut now = Duration::ZERO;
    let mut open: Vec<(Ticket, (u64, u8))> = Vec::new();
    let mut executed = HashMap::new();
    let mut answers = HashMap::new();
    for (n, event) in events.chunks_exact(2).enumerate() {
        now += Duration::from_secs(u64::from(event[1] % 32));
        let (what, who) = (event[0] & 3, event[0] >> 2);
        if what < 2 {
            let id = (u64::from(who & 3), who >> 2 & 3);
            let key = [b'"', b'a' + id.1, b'"'];
            let key = Key::parse(&key).expect("a letter is a key");
            match store.begin(id.0, &key, [what; 32], now) {
                Begin::Execute(ticket) => {
                    if let Some(before) = executed.insert(id, now) {
                        assert!(now >= before + WINDOW, "executed twice");
                    }
                    answers.remove(&id);
                    open.push((ticket, id));
                }
                Begin::Replay(answer) => {
                    assert_eq!(answers.get(&id), Some(&answer));
                }
                Begin::Refuse(_) => {}
            }
        } else if !open.is_empty() {
            let (ticket, id) = open.swap_remove(usize::from(who) % open.len());
            if what == 2 {
                if store.finish(ticket, n) {
                    answers.insert(id, n);
                }
            } else if store.abandon(ticket) {
                executed.remove(&id);
            }
        }
        assert!(store.len() <= KEYS);
    }
}

fuzz_target!(|octets: &[u8]| {
    parse(octets);
    run(octets);
});
