//! One thread, two pipes: ask each in turn, without ever sleeping.

use std::io;

use ch02_concepts::waiting::{Error, Pipes, show};

// ANCHOR: wait
fn wait(pipes: &Pipes) -> io::Result<()> {
    pipes.set_nonblocking()?;
    while pipes.any_open() {
        for pipe in pipes.open() {
            pipes.try_read(pipe)?; // Nothing, nearly always.
        }
    }
    Ok(())
}
// ANCHOR_END: wait

fn main() -> Result<(), Error> {
    show(wait)
}
