//! Greetings, counted in one step: right.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ch01_background::greetings::{connections, greet, greeted};

// ANCHOR: main
fn main() -> io::Result<()> {
    let (clients, streams) = connections()?;
    let count = AtomicU64::new(0);
    thread::scope(|scope| {
        for stream in streams {
            scope.spawn(|| {
                greet(stream);
                count.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    println!("greeted {}, counted {count:?}", greeted(clients)?);
    Ok(())
}
// ANCHOR_END: main
