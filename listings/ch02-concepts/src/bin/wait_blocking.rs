//! One thread, two pipes: read the first, then the second, and again.

use std::io;

use ch02_concepts::waiting::{Error, Pipe, Pipes, show};

// ANCHOR: wait
fn wait(pipes: &Pipes) -> io::Result<()> {
    while pipes.any_open() {
        for pipe in [Pipe::A, Pipe::B] {
            if pipes.open().contains(&pipe) {
                pipes.read(pipe)?;
            }
        }
    }
    Ok(())
}

fn main() -> Result<(), Error> {
    show(wait)
}
// ANCHOR_END: wait
