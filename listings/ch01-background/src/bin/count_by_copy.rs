//! Greetings, counted by each thread for itself: it compiles.

use std::io;
use std::thread;

use ch01_background::greetings::{connections, greet, greeted};

fn main() -> io::Result<()> {
    let (clients, streams) = connections()?;
    // ANCHOR: count
    let mut count = 0;
    thread::scope(|scope| {
        for stream in streams {
            scope.spawn(move || {
                greet(stream);
                count += 1;
                println!("this is greeting number {count}");
            });
        }
    });
    // ANCHOR_END: count
    println!("greeted {}, counted {count}", greeted(clients)?);
    Ok(())
}
