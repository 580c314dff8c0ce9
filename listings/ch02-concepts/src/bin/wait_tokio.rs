//! One thread, two pipes: two futures, and tokio waits for both.

use std::io;

use ch02_concepts::waiting::{Error, Pipe, Pipes, show};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;

// ANCHOR: wait
#[tokio::main(flavor = "current_thread")]
async fn wait(pipes: &Pipes) -> io::Result<()> {
    let receiver =
        |pipe| Receiver::from_owned_fd(pipes.fd(pipe).try_clone_to_owned()?);
    let (mut a, mut b) = (receiver(Pipe::A)?, receiver(Pipe::B)?);
    let (mut from_a, mut from_b) = ([0; 16], [0; 16]);
    let (mut a_open, mut b_open) = (true, true);
    while a_open || b_open {
        pipes.waits();
        tokio::select! {
            read = a.read(&mut from_a), if a_open => {
                a_open = pipes.took(Pipe::A, &from_a[..read?]);
            }
            read = b.read(&mut from_b), if b_open => {
                b_open = pipes.took(Pipe::B, &from_b[..read?]);
            }
        }
    }
    Ok(())
}
// ANCHOR_END: wait

fn main() -> Result<(), Error> {
    show(wait)
}
