//! `tokio::select!` without a runtime, a descriptor or a system call: it asks
//! futures.

use std::fs;
use std::io;
use std::pin::pin;
use std::task::{Context, Waker};

use tokio::sync::mpsc;

// ANCHOR: main
fn main() -> io::Result<()> {
    let descriptors = || io::Result::Ok(fs::read_dir("/dev/fd")?.count());
    let before = descriptors()?;

    let (_to_a, mut a) = mpsc::channel::<&str>(1);
    let (to_b, mut b) = mpsc::channel::<&str>(1);
    let mut choice = pin!(async {
        tokio::select! {
            Some(text) = a.recv() => format!("{text} out of A"),
            Some(text) = b.recv() => format!("{text} out of B"),
        }
    });
    // No runtime: this is all that one would do with the future.
    let mut context = Context::from_waker(Waker::noop());
    println!("{:?}", choice.as_mut().poll(&mut context));
    to_b.try_send("b1").expect("the channel has room for one");
    println!("{:?}", choice.as_mut().poll(&mut context));

    println!("new descriptors: {}", descriptors()? - before);
    Ok(())
}
// ANCHOR_END: main
