//! Greetings, counted in a variable of `main`.

use std::io;
use std::thread;

use ch01_background::greetings::{connections, greet, greeted};

fn main() -> io::Result<()> {
    let (clients, streams) = connections()?;
    // ANCHOR: count
    let mut count = 0;
    thread::scope(|scope| {
        for stream in streams {
            scope.spawn(|| {
                greet(stream);
                count += 1;
            });
        }
    });
    // ANCHOR_END: count
    println!("greeted {}, counted {count}", greeted(clients)?);
    Ok(())
}
