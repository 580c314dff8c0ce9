//! Greetings, counted in two steps: it compiles, and it loses some.

use std::io;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ch01_background::greetings::{CLIENTS, connections, greet, greeted};

fn main() -> io::Result<()> {
    let (clients, streams) = connections()?;
    // ANCHOR: count
    let count = AtomicU64::new(0);
    let all = Barrier::new(CLIENTS); // the bad moment, on every run
    thread::scope(|scope| {
        for stream in streams {
            scope.spawn(|| {
                greet(stream);
                let before = count.load(Ordering::SeqCst);
                all.wait();
                count.store(before + 1, Ordering::SeqCst);
            });
        }
    });
    // ANCHOR_END: count
    println!("greeted {}, counted {count:?}", greeted(clients)?);
    Ok(())
}
