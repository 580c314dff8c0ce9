//! Greetings, counted in a cell that is shared by reference counting.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::thread;

use ch01_background::greetings::{connections, greet, greeted};

fn main() -> io::Result<()> {
    let (clients, streams) = connections()?;
    // ANCHOR: count
    let count = Rc::new(Cell::new(0));
    thread::scope(|scope| {
        for stream in streams {
            let count = Rc::clone(&count);
            scope.spawn(move || {
                greet(stream);
                count.set(count.get() + 1);
            });
        }
    });
    // ANCHOR_END: count
    println!("greeted {}, counted {}", greeted(clients)?, count.get());
    Ok(())
}
