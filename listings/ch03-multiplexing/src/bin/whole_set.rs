//! What `poll` is handed, and looks through, for one peer that talks among
//! many that do not.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Resource, getrlimit, setrlimit};

/// How many messages the peer that talks sends.
const MESSAGES: u32 = 1000;

// ANCHOR: serve
fn serve(idle: usize) -> io::Result<()> {
    let (quiet, _open) = UnixStream::pair()?;
    let mut peers: Vec<UnixStream> = (0..idle)
        .map(|_| quiet.try_clone())
        .collect::<io::Result<_>>()?;
    let (talks, mut far) = UnixStream::pair()?;
    peers.push(talks);
    let (mut entries, mut bytes, mut ready) = (0, 0, 0);
    let start = Instant::now();
    for _ in 0..MESSAGES {
        far.write_all(b"x")?;
        let mut set: Vec<PollFd<'_>> = peers
            .iter()
            .map(|peer| PollFd::new(peer, PollFlags::IN))
            .collect();
        entries += set.len();
        bytes += size_of_val(&set[..]);
        poll(&mut set, None)?;
        for (mut peer, entry) in peers.iter().zip(&set) {
            if !entry.revents().is_empty() {
                ready += peer.read(&mut [0; 16])?;
            }
        }
    }
    let each = start.elapsed() / MESSAGES;
    println!(
        "{idle:4} idle: {entries:7} entries, {bytes:7} bytes, {ready} ready, \
         {each:.1?} a message"
    );
    Ok(())
}
// ANCHOR_END: serve

fn main() -> io::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(limit.maximum.unwrap_or(4096).min(4096));
    setrlimit(Resource::Nofile, limit)?;
    for idle in [0, 10, 100, 1000] {
        serve(idle)?;
    }
    Ok(())
}
