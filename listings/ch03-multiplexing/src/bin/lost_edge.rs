//! One read for each event: level-triggered, edge-triggered, and mended.

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, ErrorKind, Read, Write};
    use std::net::{TcpListener, TcpStream};

    use rustix::buffer::spare_capacity;
    use rustix::event::Timespec;
    use rustix::event::epoll::{
        CreateFlags, EventData, EventFlags, add, create, wait,
    };
    use rustix::io::ioctl_fionread;

    const PATIENCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 200_000_000,
    };

    pub fn main() -> io::Result<()> {
        println!("level-triggered, one read an event");
        serve(EventFlags::empty(), read_once)?;
        println!("edge-triggered, one read an event");
        serve(EventFlags::ET, read_once)?;
        println!("edge-triggered, until WouldBlock");
        serve(EventFlags::ET, read_all)
    }

    // ANCHOR: serve
    fn serve(
        flags: EventFlags,
        read: fn(&TcpStream) -> io::Result<()>,
    ) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (stream, _) = listener.accept()?;
        stream.set_nonblocking(true)?;

        let epoll = create(CreateFlags::CLOEXEC)?;
        let data = EventData::new_u64(0);
        add(&epoll, &stream, data, EventFlags::IN | flags)?;
        let mut events = Vec::with_capacity(8);
        for message in ["one\ntwo\nthree\n", "four\n"] {
            println!("  client sends {message:?}");
            client.write_all(message.as_bytes())?;
            loop {
                let buffer = spare_capacity(&mut events);
                wait(&epoll, buffer, Some(&PATIENCE))?;
                if events.drain(..).count() == 0 {
                    break;
                }
                read(&stream)?;
            }
            let left = ioctl_fionread(&stream)?;
            println!("  no event for 200 ms, {left} bytes in the socket");
        }
        Ok(())
    }
    // ANCHOR_END: serve

    // ANCHOR: read
    fn read_once(mut stream: &TcpStream) -> io::Result<()> {
        let mut buffer = [0; 8];
        let count = stream.read(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..count]);
        println!("  server reads {text:?}");
        Ok(())
    }

    fn read_all(stream: &TcpStream) -> io::Result<()> {
        loop {
            match read_once(stream) {
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                result => result?,
            }
        }
    }
    // ANCHOR_END: read
}

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses epoll: it needs Linux.");
}
