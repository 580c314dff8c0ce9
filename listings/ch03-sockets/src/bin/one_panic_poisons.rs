//! A panic ends one handler; the lock it held ends the others.

use std::collections::HashMap;
use std::panic;
use std::sync::{Mutex, PoisonError};
use std::thread;

// ANCHOR: poison
type Counts = Mutex<HashMap<String, u32>>;

/// Counts a request. A request without a name is a bug not yet found.
fn handle(counts: &Counts, request: &str) -> u32 {
    let mut counts = counts.lock().expect("no handler panics");
    let (name, _) = request.split_once(' ').expect("a name, then a space");
    let count = counts.entry(name.into()).or_default();
    *count += 1;
    *count
}

fn main() {
    // For this page: the panics would be told on standard error.
    panic::set_hook(Box::new(|_| {}));
    let counts = Counts::default();
    for request in ["ada hello", "ada again", "bob", "ada third"] {
        let handler = || handle(&counts, request);
        let answer = thread::scope(|s| s.spawn(handler).join());
        match answer {
            Ok(count) => println!("{request:?}: {count}"),
            Err(_) => println!("{request:?}: the handler panicked"),
        }
    }
    println!("poisoned: {}", counts.is_poisoned());
    let inside = counts.lock().unwrap_or_else(PoisonError::into_inner);
    println!("and yet the data is whole: {inside:?}");
}
// ANCHOR_END: poison
