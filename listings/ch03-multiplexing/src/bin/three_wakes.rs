//! A `Waker` called three times from another thread: how many events?

use std::error::Error;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: main
    let mut poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), Token(0))?);
    let mut events = Events::with_capacity(8);

    let same = Arc::clone(&waker);
    let woken = thread::spawn(move || (0..3).try_for_each(|_| same.wake()));
    woken.join().expect("it does not panic")?;
    println!("wake, 3 times");
    for _ in 0..2 {
        poll.poll(&mut events, Some(Duration::from_millis(200)))?;
        println!("  {} events", events.iter().count());
    }
    // ANCHOR_END: main
    Ok(())
}
