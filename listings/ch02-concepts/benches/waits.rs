//! One pipe with a byte in it among idle ones: what poll and epoll take to
//! find it.
#![allow(clippy::unwrap_used, reason = "bench")]

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, PipeReader, PipeWriter, Read, Write};

    use book_bench::Bench;
    use ch03_sockets::server::system::raise_open_files;
    use rustix::buffer::spare_capacity;
    use rustix::event::{PollFd, PollFlags, epoll, poll};

    type Pipe = (PipeReader, PipeWriter);

    // ANCHOR: sides
    /// Writes a byte, waits for it with poll, reads it.
    fn by_poll(pipes: &[Pipe], set: &mut [PollFd<'_>]) -> u64 {
        (&pipes[0].1).write_all(b"x").unwrap();
        let count = poll(set, None).unwrap();
        let ready = set.iter().position(|entry| !entry.revents().is_empty());
        (&pipes[ready.unwrap()].0).read_exact(&mut [0]).unwrap();
        count as u64
    }

    /// Writes a byte, waits for it with epoll, reads it.
    fn by_epoll(
        pipes: &[Pipe],
        interest: impl std::os::fd::AsFd,
        events: &mut Vec<epoll::Event>,
    ) -> u64 {
        (&pipes[0].1).write_all(b"x").unwrap();
        events.clear();
        let count = epoll::wait(interest, spare_capacity(events), None);
        let ready = events[0].data.u64() as usize;
        (&pipes[ready].0).read_exact(&mut [0]).unwrap();
        count.unwrap() as u64
    }
    // ANCHOR_END: sides

    pub fn main() {
        let limit = raise_open_files().unwrap();
        let mut bench = Bench::from_args("epoll", "poll");
        for idle in [1, 10, 100, 1000] {
            if limit.is_some_and(|limit| limit < 2 * idle + 50) {
                println!("{idle} idle: the limit on open files is {limit:?}");
                continue;
            }
            let pipes: Vec<Pipe> =
                (0..=idle).map(|_| io::pipe().unwrap()).collect();
            let mut set: Vec<PollFd<'_>> = pipes
                .iter()
                .map(|(reader, _)| PollFd::new(reader, PollFlags::IN))
                .collect();
            let interest = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
            for ((reader, _), tag) in pipes.iter().zip(0..) {
                let tag = epoll::EventData::new_u64(tag);
                epoll::add(&interest, reader, tag, epoll::EventFlags::IN)
                    .unwrap();
            }
            let mut events = Vec::with_capacity(8);
            bench.case(
                &format!("{idle} idle, 1 ready"),
                || by_epoll(&pipes, &interest, &mut events),
                || by_poll(&pipes, &mut set),
            );
        }
    }
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("epoll needs Linux");
}
