//! One thread, two pipes: the kernel keeps the list of what is waited for.

#[cfg(target_os = "linux")]
use {
    ch02_concepts::waiting::{Error, Pipe, Pipes, show},
    rustix::{buffer::spare_capacity, event::epoll},
    std::io,
};

#[cfg(target_os = "linux")]
// ANCHOR: wait
fn wait(pipes: &Pipes) -> io::Result<()> {
    pipes.set_nonblocking()?;
    let flags = epoll::CreateFlags::CLOEXEC;
    let interest = pipes.call("epoll_create1", || epoll::create(flags))?;
    for pipe in pipes.open() {
        let tag = epoll::EventData::new_u64(pipe.tag());
        pipes.call("epoll_ctl", || {
            epoll::add(&interest, pipes.fd(pipe), tag, epoll::EventFlags::IN)
        })?;
    }
    let mut ready = Vec::with_capacity(8);
    while pipes.any_open() {
        pipes.wait("epoll_wait", || {
            epoll::wait(&interest, spare_capacity(&mut ready), None)
        })?;
        for event in ready.drain(..) {
            let pipe = Pipe::tagged(event.data.u64());
            pipes.try_read(pipe)?;
            if !pipes.open().contains(&pipe) {
                let fd = pipes.fd(pipe);
                pipes.call("epoll_ctl", || epoll::delete(&interest, fd))?;
            }
        }
    }
    Ok(())
}
// ANCHOR_END: wait

#[cfg(target_os = "linux")]
fn main() -> Result<(), Error> {
    show(wait)
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses epoll: it needs Linux.");
}
