//! What a server that knows idempotency keys answers, and when: a store that
//! is told the time, so that a minute takes none.

use std::time::Duration;

use ch02_concepts::request::keys::{Begin, Idempotency, Key, Limits};
use sha2::{Digest, Sha256};

const ANN: u64 = 1;
const BOB: u64 = 2;

// ANCHOR: timeline
fn main() {
    let mut store = Idempotency::new(Limits {
        window: Duration::from_secs(60),
        keys: 3,
        keys_per_client: 2,
    });
    let mut receipts = 0;
    let mut arrive = |seconds, name, client, key: &[u8], content: &str| {
        let key = Key::parse(key).expect("a constant key");
        let fingerprint = Sha256::digest(content).into();
        let now = Duration::from_secs(seconds);
        let said = match store.begin(client, &key, fingerprint, now) {
            Begin::Execute(ticket) => {
                receipts += 1;
                store.finish(ticket, format!("receipt {receipts}"));
                format!("201, executed: receipt {receipts}")
            }
            Begin::Replay(receipt) => format!("201, from memory: {receipt}"),
            Begin::Refuse(why) => format!("{}, {why}", why.status()),
        };
        let key = key.as_str();
        println!("{seconds:3} s  {name} {key:?} {content:7} {said}");
    };
    arrive(0, "Ann", ANN, b"\"k1\"", "pay 10");
    arrive(1, "Ann", ANN, b"\"k1\"", "pay 10");
    arrive(2, "Ann", ANN, b"\"k1\"", "pay 99");
    arrive(3, "Bob", BOB, b"\"k1\"", "pay 10");
    arrive(4, "Ann", ANN, b"\"k2\"", "pay 10");
    arrive(5, "Ann", ANN, b"\"k3\"", "pay 10");
    arrive(6, "Bob", BOB, b"\"k2\"", "pay 10");
    arrive(59, "Ann", ANN, b"\"k1\"", "pay 10");
    arrive(60, "Ann", ANN, b"\"k1\"", "pay 10");
}
// ANCHOR_END: timeline
