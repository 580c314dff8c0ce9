//! One thread, two pipes: the kernel keeps the list of what is waited for.

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use ch02_concepts::waiting::{Pipe, Pipes};
    use rustix::buffer::spare_capacity;
    use rustix::event::epoll;

    // ANCHOR: wait
    pub fn wait(pipes: &Pipes) -> io::Result<()> {
        pipes.set_nonblocking()?;
        let interest = pipes.call("epoll_create1", || {
            epoll::create(epoll::CreateFlags::CLOEXEC)
        })?;
        for pipe in pipes.open() {
            let (fd, tag) =
                (pipes.fd(pipe), epoll::EventData::new_u64(pipe.tag()));
            pipes.call("epoll_ctl", || {
                epoll::add(&interest, fd, tag, epoll::EventFlags::IN)
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
                    pipes.call("epoll_ctl", || {
                        epoll::delete(&interest, pipes.fd(pipe))
                    })?;
                }
            }
        }
        Ok(())
    }
    // ANCHOR_END: wait
}

#[cfg(target_os = "linux")]
fn main() -> Result<(), ch02_concepts::waiting::Error> {
    ch02_concepts::waiting::show(linux::wait)
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses epoll: it needs Linux.");
}
