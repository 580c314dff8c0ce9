//! A client that says nothing, and a server that asks whether it may write.

use std::io;
use std::net::{TcpListener, TcpStream};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let _silent = TcpStream::connect(listener.local_addr()?)?;
    let (peer, _) = listener.accept()?;
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: 2_000_000,
    };
    for asked in [PollFlags::IN, PollFlags::IN | PollFlags::OUT] {
        let mut awake = 0;
        for _ in 0..100 {
            let mut set = [PollFd::new(&peer, asked)];
            awake += poll(&mut set, Some(&patience))?;
        }
        println!("{asked:?}: woken {awake} times, of 100");
    }
    Ok(())
}
