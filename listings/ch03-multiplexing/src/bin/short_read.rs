//! A read that fills only part of the buffer: is that all there is?

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Read, Write};
    use std::net::{Shutdown, TcpListener, TcpStream};

    use rustix::buffer::spare_capacity;
    use rustix::event::epoll::{
        CreateFlags, EventData, EventFlags, add, create, wait,
    };
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    const PATIENCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 200_000_000,
    };

    pub fn main() -> io::Result<()> {
        println!("the client sends \"bye\"");
        serve(false)?;
        println!("the client sends \"bye\" and the end");
        serve(true)
    }

    // ANCHOR: serve
    fn serve(end: bool) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (mut stream, _) = listener.accept()?;
        stream.set_nonblocking(true)?;
        client.write_all(b"bye")?;
        let mut arrived = PollFlags::IN;
        if end {
            client.shutdown(Shutdown::Write)?;
            arrived = PollFlags::RDHUP;
        }
        // Both are here before epoll is asked.
        poll(&mut [PollFd::new(&stream, arrived)], None)?;

        let epoll = create(CreateFlags::CLOEXEC)?;
        let flags = EventFlags::IN | EventFlags::RDHUP | EventFlags::ET;
        add(&epoll, &stream, EventData::new_u64(0), flags)?;
        let mut events = Vec::with_capacity(8);
        wait(&epoll, spare_capacity(&mut events), Some(&PATIENCE))?;
        let event = events.pop().expect("the bytes are there");
        let flags = event.flags;
        let ended = flags.contains(EventFlags::RDHUP);
        println!("  an event, with EPOLLRDHUP: {ended}");
        println!("  read: {:?} of 64", stream.read(&mut [0; 64])?);
        wait(&epoll, spare_capacity(&mut events), Some(&PATIENCE))?;
        println!("  events after that: {}", events.len());
        println!("  read: {:?}", stream.read(&mut [0; 64]));
        Ok(())
    }
    // ANCHOR_END: serve
}

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses epoll: it needs Linux.");
}
