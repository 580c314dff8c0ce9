//! A socket that is closed, and goes on reporting: it has a second descriptor.

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::OwnedFd;

    use rustix::buffer::spare_capacity;
    use rustix::event::Timespec;
    use rustix::event::epoll::{
        CreateFlags, EventData, EventFlags, add, create, delete, wait,
    };

    const PATIENCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };

    // ANCHOR: main
    pub fn main() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (stream, _) = listener.accept()?;
        let copy = stream.try_clone()?;

        let epoll = create(CreateFlags::CLOEXEC)?;
        add(&epoll, &stream, EventData::new_u64(42), EventFlags::IN)?;
        drop(stream);
        println!("closed");
        client.write_all(b"Are you there?")?;
        println!("  {}", answer(&epoll)?);
        println!("  {}", answer(&epoll)?);
        let error = delete(&epoll, &copy).expect_err("it was not added");
        println!("  delete, by the other descriptor: {error}");
        drop(copy);
        println!("both closed");
        println!("  {}", answer(&epoll)?);
        Ok(())
    }
    // ANCHOR_END: main

    fn answer(epoll: &OwnedFd) -> io::Result<String> {
        let mut events = Vec::with_capacity(8);
        wait(epoll, spare_capacity(&mut events), Some(&PATIENCE))?;
        Ok(match events.pop() {
            None => "no event for 100 ms".into(),
            Some(event) => format!("event for {}", event.data.u64()),
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
