//! A descriptor that `select` has no bit for, and `poll` does not mind.

use std::error::Error;
use std::io::Write;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::panic;

use rustix::event::{
    FdSetElement, PollFd, PollFlags, Timespec, fd_set_insert,
    fd_set_num_elements, poll,
};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{Resource, getrlimit, setrlimit};

/// glibc's `fd_set` has this many bits; so have musl's and macOS's.
const FD_SETSIZE: RawFd = 1024;

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    // A process is allowed 1,024 descriptors at first, 256 on macOS.
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(limit.maximum.unwrap_or(4096).min(4096));
    setrlimit(Resource::Nofile, limit)?;

    let (near, mut far) = UnixStream::pair()?;
    let near = fcntl_dupfd_cloexec(near, FD_SETSIZE)?;
    let number = near.as_raw_fd();
    far.write_all(b"hello")?;

    let elements = fd_set_num_elements(FD_SETSIZE as usize, FD_SETSIZE);
    let mut set = vec![FdSetElement::default(); elements];
    println!("select: {} bytes a set", size_of_val(&set[..]));
    fd_set_insert(&mut set, 1023);
    println!("select: a bit for descriptor 1023");
    panic::set_hook(Box::new(|_| {}));
    let insert = panic::catch_unwind(move || fd_set_insert(&mut set, number));
    if let Err(what) = insert {
        let what = what.downcast_ref::<String>().ok_or("a panic's text")?;
        println!("select: a bit for descriptor {number}: {what}");
    }

    let mut set = [PollFd::new(&near, PollFlags::IN)];
    println!("poll:   {} bytes an entry", size_of_val(&set));
    poll(&mut set, Some(&Timespec::default()))?;
    println!("poll:   descriptor {number}: {:?}", set[0].revents());
    Ok(())
}
// ANCHOR_END: main
