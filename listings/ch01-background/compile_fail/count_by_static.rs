//! Greetings, counted in a variable of the program.

use std::io;
use std::thread;

use ch01_background::greetings::{connections, greet, greeted};

// ANCHOR: count
static mut COUNT: u64 = 0;

fn main() -> io::Result<()> {
    let (clients, streams) = connections()?;
    thread::scope(|scope| {
        for stream in streams {
            scope.spawn(|| {
                greet(stream);
                COUNT += 1;
            });
        }
    });
    // ANCHOR_END: count
    println!("greeted {}", greeted(clients)?);
    Ok(())
}
