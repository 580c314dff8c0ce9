//! One way to do it.

use std::io::{self, PipeReader, Read};

use rustix::event::{PollFd, PollFlags};

/// See `yours`.
///
/// # Errors
/// What `wait` reports, interruptions aside, or a read.
pub fn serve_all(
    pipes: &[PipeReader],
    mut wait: impl FnMut(&mut [PollFd<'_>]) -> io::Result<()>,
    mut serve: impl FnMut(usize, &[u8]),
) -> io::Result<()> {
    let mut open: Vec<usize> = (0..pipes.len()).collect();
    let mut buffer = [0; 4096];
    while !open.is_empty() {
        let mut set: Vec<PollFd<'_>> = open
            .iter()
            .map(|&place| PollFd::new(&pipes[place], PollFlags::IN))
            .collect();
        match wait(&mut set) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            result => result?,
        }
        let ready: Vec<bool> = set
            .iter()
            .map(|entry| !entry.revents().is_empty())
            .collect();
        let mut still_open = Vec::new();
        for (place, ready) in open.into_iter().zip(ready) {
            if ready {
                let n = (&pipes[place]).read(&mut buffer)?;
                if n == 0 {
                    continue;
                }
                serve(place, &buffer[..n]);
            }
            still_open.push(place);
        }
        open = still_open;
    }
    Ok(())
}
