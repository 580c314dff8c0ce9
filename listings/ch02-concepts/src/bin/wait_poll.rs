//! One thread, two pipes: asleep until one of them has something.

use std::io;

use ch02_concepts::waiting::{Error, Pipes, show};
use rustix::event::{PollFd, PollFlags, poll};

// ANCHOR: wait
fn wait(pipes: &Pipes) -> io::Result<()> {
    pipes.set_nonblocking()?;
    while pipes.any_open() {
        let open = pipes.open();
        let mut set: Vec<PollFd<'_>> = open
            .iter()
            .map(|&p| PollFd::from_borrowed_fd(pipes.fd(p), PollFlags::IN))
            .collect();
        pipes.wait("poll", || poll(&mut set, None))?;
        for (&pipe, entry) in open.iter().zip(&set) {
            if !entry.revents().is_empty() {
                pipes.try_read(pipe)?;
            }
        }
    }
    Ok(())
}
// ANCHOR_END: wait

fn main() -> Result<(), Error> {
    show(wait)
}
