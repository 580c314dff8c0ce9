//! An event for a connection that is gone, and whom it is taken for.

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::io::{self, Write};
    use std::net::{Shutdown, TcpListener, TcpStream};
    use std::os::fd::{AsRawFd, OwnedFd};

    use rustix::buffer::spare_capacity;
    use rustix::event::epoll::{
        CreateFlags, EventData, EventFlags, add, create, wait,
    };
    use rustix::event::{PollFd, PollFlags, poll};
    use slotmap::{DefaultKey, Key, KeyData, SlotMap};

    pub fn main() -> io::Result<()> {
        println!("named by the descriptor's number");
        serve(&mut ByNumber::default())?;
        println!("named by a slotmap's key");
        serve(&mut ByKey::default())
    }

    /// Name and socket.
    type Peer = (&'static str, TcpStream);

    // ANCHOR: tables
    trait Table {
        fn insert(&mut self, peer: Peer) -> u64;
        fn get(&self, id: u64) -> Option<&Peer>;
        fn remove(&mut self, id: u64) -> Option<Peer>;
    }

    #[derive(Default)]
    struct ByNumber(HashMap<u64, Peer>);

    impl Table for ByNumber {
        fn insert(&mut self, peer: Peer) -> u64 {
            let id = u64::from(peer.1.as_raw_fd().cast_unsigned());
            self.0.insert(id, peer);
            id
        }
        fn get(&self, id: u64) -> Option<&Peer> {
            self.0.get(&id)
        }
        fn remove(&mut self, id: u64) -> Option<Peer> {
            self.0.remove(&id)
        }
    }

    #[derive(Default)]
    struct ByKey(SlotMap<DefaultKey, Peer>);

    impl Table for ByKey {
        fn insert(&mut self, peer: Peer) -> u64 {
            self.0.insert(peer).data().as_ffi()
        }
        fn get(&self, id: u64) -> Option<&Peer> {
            self.0.get(KeyData::from_ffi(id).into())
        }
        fn remove(&mut self, id: u64) -> Option<Peer> {
            self.0.remove(KeyData::from_ffi(id).into())
        }
    }
    // ANCHOR_END: tables

    // ANCHOR: serve
    fn serve(peers: &mut impl Table) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let epoll = create(CreateFlags::CLOEXEC)?;
        let mut ann = TcpStream::connect(address)?;
        let ann_id = accept(&listener, &epoll, peers, "ann")?;
        let bob = TcpStream::connect(address)?;
        let bob_id = accept(&listener, &epoll, peers, "bob")?;
        let _cid = TcpStream::connect(address)?;
        ann.write_all(b"kick bob\n")?;
        arrived(peers, ann_id, PollFlags::IN)?;
        bob.shutdown(Shutdown::Write)?;
        arrived(peers, bob_id, PollFlags::RDHUP)?;

        let mut events = Vec::with_capacity(8);
        wait(&epoll, spare_capacity(&mut events), None)?;
        println!("  {} events", events.len());
        for event in events {
            let (id, flags) = (event.data.u64(), event.flags);
            let Some((name, _)) = peers.get(id) else {
                println!("  one for nobody");
                continue;
            };
            if flags.contains(EventFlags::RDHUP) {
                println!("  {name} has ended: closed");
                peers.remove(id);
            } else {
                println!("  {name} has bob closed, and cid is accepted");
                peers.remove(bob_id);
                accept(&listener, &epoll, peers, "cid")?;
            }
        }
        Ok(())
    }
    // ANCHOR_END: serve

    // ANCHOR: accept
    fn accept(
        listener: &TcpListener,
        epoll: &OwnedFd,
        peers: &mut impl Table,
        name: &'static str,
    ) -> io::Result<u64> {
        let (stream, _) = listener.accept()?;
        let id = peers.insert((name, stream));
        let (_, stream) = peers.get(id).expect("it is in since just now");
        let flags = EventFlags::IN | EventFlags::RDHUP;
        add(epoll, stream, EventData::new_u64(id), flags)?;
        Ok(id)
    }
    // ANCHOR_END: accept

    /// Waits until `what` is there to be reported.
    fn arrived(peers: &impl Table, id: u64, what: PollFlags) -> io::Result<()> {
        let (_, stream) = peers.get(id).expect("nobody has left yet");
        poll(&mut [PollFd::new(stream, what)], None)?;
        Ok(())
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
