//! Two threads wait in one epoll instance: who is told of a connection?

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::OwnedFd;
    use std::thread;

    use rustix::buffer::spare_capacity;
    use rustix::event::Timespec;
    use rustix::event::epoll::{
        CreateFlags, EventData, EventFlags, add, create, modify, wait,
    };

    const PATIENCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };

    pub fn main() -> io::Result<()> {
        println!("level-triggered");
        serve(EventFlags::IN)?;
        println!("edge-triggered");
        serve(EventFlags::IN | EventFlags::ET)?;
        println!("one-shot");
        serve(EventFlags::IN | EventFlags::ONESHOT)
    }

    // ANCHOR: serve
    fn serve(flags: EventFlags) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (stream, _) = listener.accept()?;
        let epoll = create(CreateFlags::CLOEXEC)?;
        let data = EventData::new_u64(0);
        add(&epoll, &stream, data, flags)?;

        client.write_all(b"a")?;
        println!("  a comes:       thread 1 gets {}", events(&epoll)?);
        println!("  1 is reading:  thread 2 gets {}", events(&epoll)?);
        client.write_all(b"b")?;
        println!("  b comes:       thread 2 gets {}", events(&epoll)?);
        modify(&epoll, &stream, data, flags)?;
        println!("  1 asks again:  thread 2 gets {}", events(&epoll)?);
        Ok(())
    }

    /// What a new thread gets from `epoll`.
    fn events(epoll: &OwnedFd) -> io::Result<&'static str> {
        let waiter = || {
            let mut events = Vec::with_capacity(8);
            wait(epoll, spare_capacity(&mut events), Some(&PATIENCE))
        };
        let count =
            thread::scope(|s| s.spawn(waiter).join().expect("it only waits"))?;
        Ok(if count > 0 {
            "the connection"
        } else {
            "nothing"
        })
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
