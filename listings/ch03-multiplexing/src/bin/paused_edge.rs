//! A connection that is left alone for a while, and how to come back to it.

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::OwnedFd;

    use rustix::buffer::spare_capacity;
    use rustix::event::Timespec;
    use rustix::event::epoll::{
        CreateFlags, EventData, EventFlags, add, create, modify, wait,
    };
    use rustix::io::ioctl_fionread;

    const PATIENCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 200_000_000,
    };

    // ANCHOR: main
    pub fn main() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (mut stream, _) = listener.accept()?;
        stream.set_nonblocking(true)?;
        let epoll = create(CreateFlags::CLOEXEC)?;
        let data = EventData::new_u64(0);
        let flags = EventFlags::IN | EventFlags::ET;
        add(&epoll, &stream, data, flags)?;

        client.write_all(b"one\ntwo\nthree\n")?;
        println!("asked:    {}", answer(&epoll)?);
        let mut buffer = [0; 8];
        stream.read_exact(&mut buffer)?;
        let left = ioctl_fionread(&stream)?;
        println!("paused:   {left} bytes are left in the socket");

        println!("resumed:  {}", answer(&epoll)?);
        modify(&epoll, &stream, data, flags)?;
        println!("modified: {}", answer(&epoll)?);
        println!("again:    {}", answer(&epoll)?);
        Ok(())
    }
    // ANCHOR_END: main

    fn answer(epoll: &OwnedFd) -> io::Result<&'static str> {
        let mut events = Vec::with_capacity(8);
        wait(epoll, spare_capacity(&mut events), Some(&PATIENCE))?;
        Ok(match events.is_empty() {
            true => "no event for 200 ms",
            false => "an event",
        })
    }
}

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses epoll: it needs Linux.");
}
