//! The reader's ends of the two pipes.

use std::io::{self, PipeReader};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use super::desk::Desk;
use super::{Calls, Counter, Pipe};

/// How much one read takes at most.
const BUFFER: usize = 16;

/// What a way of waiting gets: the read ends of the two pipes, and a count of
/// the system calls that it makes.
#[derive(Debug)]
pub struct Pipes {
    ends: [PipeReader; 2],
    desk: Arc<Desk>,
    counter: Counter,
}

impl Pipes {
    pub(super) fn new(ends: [PipeReader; 2], desk: Arc<Desk>) -> Self {
        Pipes {
            ends,
            desk,
            counter: Counter::default(),
        }
    }

    pub(super) fn take_calls(&self) -> Calls {
        self.counter.take()
    }

    /// The pipes whose end has not been read.
    pub fn open(&self) -> Vec<Pipe> {
        let open = |pipe: &Pipe| !self.desk.has_ended(*pipe);
        Pipe::BOTH.into_iter().filter(open).collect()
    }

    /// Whether there is something left to read.
    pub fn any_open(&self) -> bool {
        !self.open().is_empty()
    }

    /// The descriptor of a pipe's read end.
    pub fn fd(&self, pipe: Pipe) -> BorrowedFd<'_> {
        self.ends[pipe as usize].as_fd()
    }

    /// From now on a read of an empty pipe returns at once, with an error.
    ///
    /// # Errors
    /// As ioctl(2).
    pub fn set_nonblocking(&self) -> io::Result<()> {
        for end in &self.ends {
            rustix::io::ioctl_fionbio(end, true)?;
        }
        Ok(())
    }

    /// Makes a system call and counts it: see [`Counter::call`].
    ///
    /// # Errors
    /// What the call reports.
    pub fn call<T, E: Into<io::Error>>(
        &self,
        name: &'static str,
        call: impl FnMut() -> Result<T, E>,
    ) -> io::Result<T> {
        self.counter.call(name, call)
    }

    /// Makes a system call that sleeps until an open pipe has something.
    ///
    /// # Errors
    /// What the call reports.
    pub fn wait<T, E: Into<io::Error>>(
        &self,
        name: &'static str,
        call: impl FnMut() -> Result<T, E>,
    ) -> io::Result<T> {
        self.waits();
        self.call(name, call)
    }

    /// Says that the reader waits for every open pipe.
    pub fn waits(&self) {
        self.desk.waits_for(&self.open());
    }

    /// Reads from `pipe` what there is, and sleeps until there is something.
    ///
    /// # Errors
    /// As read(2).
    pub fn read(&self, pipe: Pipe) -> io::Result<()> {
        self.desk.waits_for(&[pipe]);
        self.read_once(pipe)
    }

    /// Reads from `pipe` what there is, after
    /// [`set_nonblocking`](Self::set_nonblocking): nothing, maybe.
    ///
    /// # Errors
    /// As read(2), other than that there is nothing.
    pub fn try_read(&self, pipe: Pipe) -> io::Result<()> {
        match self.read_once(pipe) {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                self.desk.in_vain();
                Ok(())
            }
            result => result,
        }
    }

    fn read_once(&self, pipe: Pipe) -> io::Result<()> {
        let mut buffer = [0; BUFFER];
        let n =
            self.call("read", || rustix::io::read(self.fd(pipe), &mut buffer))?;
        self.took(pipe, &buffer[..n]);
        Ok(())
    }

    /// Reports what came out of `pipe`; nothing means its end. Returns
    /// whether there can be more.
    pub fn took(&self, pipe: Pipe, bytes: &[u8]) -> bool {
        self.desk.took(pipe, bytes);
        !bytes.is_empty()
    }
}

impl Drop for Pipes {
    /// The writer waits for a reader that has failed no longer.
    fn drop(&mut self) {
        self.desk.leave();
    }
}
