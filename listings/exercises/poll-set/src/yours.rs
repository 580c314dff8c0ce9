//! Yours: replace the `todo!()`.

use std::io::{self, PipeReader};

use rustix::event::PollFd;

/// Reads from all of `pipes` until each has ended, and hands what came to
/// `serve`, with the place of the pipe in `pipes`, as soon as it is there.
///
/// `wait` is poll(2) without a timeout: it sleeps until an entry of the set
/// has an event, and writes the events into the set. A set without entries
/// would sleep forever, so it is never called with one. An interrupted call
/// ([`io::ErrorKind::Interrupted`]) is made again.
///
/// The pipes block. So a pipe is read only after an event, and once for each
/// call of `wait`, 4,096 bytes at most: then it is the others' turn. Bytes
/// and the end may come together ([`PollFlags::IN`] and [`PollFlags::HUP`]);
/// a pipe has ended when a read returns 0, and from then on it is not in the
/// set: it would be ready forever.
///
/// [`PollFlags::IN`]: rustix::event::PollFlags::IN
/// [`PollFlags::HUP`]: rustix::event::PollFlags::HUP
///
/// # Errors
/// What `wait` reports, interruptions aside, or a read.
pub fn serve_all(
    pipes: &[PipeReader],
    wait: impl FnMut(&mut [PollFd<'_>]) -> io::Result<()>,
    serve: impl FnMut(usize, &[u8]),
) -> io::Result<()> {
    let _ = (pipes, wait, serve);
    todo!("wait for the pipes that are open, read those that are ready")
}
