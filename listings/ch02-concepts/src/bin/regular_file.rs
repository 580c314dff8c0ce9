//! A file on a disk is always ready, or not a case for waiting at all.

#[cfg(target_os = "linux")]
// ANCHOR: main
fn main() -> std::io::Result<()> {
    use std::fs::File;
    use std::io::{Read, Seek, SeekFrom};

    use rustix::event::{PollFd, PollFlags, epoll, poll};

    let mut file = File::open(std::env::current_exe()?)?;
    file.seek(SeekFrom::End(0))?; // Nothing is left to read.

    let mut set = [PollFd::new(&file, PollFlags::IN)];
    poll(&mut set, None)?;
    println!("poll:  {:?}", set[0].revents());
    println!("read:  {:?}", file.read(&mut [0; 16]));

    let interest = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let (tag, flags) = (epoll::EventData::new_u64(0), epoll::EventFlags::IN);
    let added = epoll::add(&interest, &file, tag, flags);
    println!("epoll: {}", added.expect_err("not for a file on a disk"));
    Ok(())
}
// ANCHOR_END: main

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program uses epoll: it needs Linux.");
}
