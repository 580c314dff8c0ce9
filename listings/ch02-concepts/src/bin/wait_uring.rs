//! One thread, two pipes: the kernel reads, and says when it has.

#[cfg(target_os = "linux")]
use {
    ch02_concepts::waiting::ring::{self, Ring},
    ch02_concepts::waiting::{Error, Pipe, Pipes, show},
    std::io,
};

#[cfg(target_os = "linux")]
// ANCHOR: wait
fn wait(pipes: &Pipes) -> io::Result<()> {
    let mut ring = pipes.call("io_uring_setup", || Ring::new(2))?;
    for pipe in pipes.open() {
        ring.read(pipes.fd(pipe), pipe.tag(), vec![0; 16]);
    }
    while pipes.any_open() {
        pipes.wait("io_uring_enter", || ring.submit_and_wait())?;
        while let Some(read) = ring.completed() {
            let pipe = Pipe::tagged(read.tag);
            let n = read.result?;
            if pipes.took(pipe, &read.buffer[..n]) {
                ring.read(pipes.fd(pipe), read.tag, read.buffer);
            }
        }
    }
    Ok(())
}
// ANCHOR_END: wait

#[cfg(target_os = "linux")]
fn main() -> Result<(), Error> {
    if let Err(refusal) = ring::available() {
        println!("{refusal}");
        return Ok(());
    }
    show(wait)
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses io_uring: it needs Linux.");
}
