//! io_uring for reads. It owns the buffers that the kernel writes into, and
//! that is why its interface can be safe.

#![expect(unsafe_code, reason = "the kernel writes into memory by address")]

use std::fs;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, BorrowedFd};

use io_uring::{IoUring, Probe, opcode, types};
use rustix::io::Errno;

/// Reads that the kernel carries out, on descriptors that live for `'fd`.
pub struct Ring<'fd> {
    uring: IoUring,
    /// By tag: the buffer that the kernel has at the moment.
    lent: Vec<Option<Vec<u8>>>,
    descriptors: PhantomData<BorrowedFd<'fd>>,
}

/// A read that is complete.
#[derive(Debug)]
pub struct Completed {
    /// What [`Ring::read`] was given.
    pub tag: u64,
    /// What read(2) would have returned.
    pub result: io::Result<usize>,
    /// The buffer, back from the kernel.
    pub buffer: Vec<u8>,
}

impl<'fd> Ring<'fd> {
    /// A ring for one read at a time for each of the tags below `tags`. One
    /// call of io_uring_setup(2), and mmap(2) for each queue.
    ///
    /// # Errors
    /// As io_uring_setup(2).
    pub fn new(tags: u32) -> io::Result<Self> {
        Ok(Ring {
            uring: IoUring::new(tags.next_power_of_two())?,
            lent: (0..tags).map(|_| None).collect(),
            descriptors: PhantomData,
        })
    }

    /// Queues a read from `fd` into `buffer`, which comes back with the
    /// completion. No system call yet.
    ///
    /// # Panics
    /// If a read with this tag is under way, or the tag is too large.
    // ANCHOR: read
    pub fn read(&mut self, fd: BorrowedFd<'fd>, tag: u64, buffer: Vec<u8>) {
        let slot = &mut self.lent[tag as usize];
        assert!(slot.is_none(), "one read for each tag at a time");
        let buffer = slot.insert(buffer);
        let len = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let fd = types::Fd(fd.as_raw_fd());
        let read = opcode::Read::new(fd, buffer.as_mut_ptr(), len)
            .offset(u64::MAX) // At the current position, as read(2) does.
            .build()
            .user_data(tag);
        // SAFETY: the buffer stays in `lent`, and nobody touches it, until
        // the completion with this tag has come; if none comes, `drop` leaks
        // it. The descriptor lives as long as the ring.
        let queued = unsafe { self.uring.submission().push(&read) };
        queued.expect("the queue has room for a read of each tag");
    }
    // ANCHOR_END: read

    /// Submits what is queued, and does not wait: one call of
    /// io_uring_enter(2).
    ///
    /// # Errors
    /// As io_uring_enter(2).
    pub fn submit(&self) -> io::Result<usize> {
        self.uring.submit()
    }

    /// Submits what is queued and sleeps until a read is complete: one call
    /// of io_uring_enter(2).
    ///
    /// # Errors
    /// As io_uring_enter(2).
    pub fn submit_and_wait(&self) -> io::Result<usize> {
        self.uring.submit_and_wait(1)
    }

    /// Takes a completed read off the completion queue. No system call.
    // ANCHOR: completed
    pub fn completed(&mut self) -> Option<Completed> {
        let entry = self.uring.completion().next()?;
        let (tag, result) = (entry.user_data(), entry.result());
        let buffer = self.lent[tag as usize].take();
        Some(Completed {
            tag,
            result: usize::try_from(result)
                .map_err(|_| io::Error::from_raw_os_error(-result)),
            buffer: buffer.expect("it was lent until this completion"),
        })
    }
    // ANCHOR_END: completed
}

// ANCHOR: drop
impl Drop for Ring<'_> {
    /// The kernel may still write into a buffer that has not come back.
    fn drop(&mut self) {
        self.lent.drain(..).for_each(std::mem::forget);
    }
}
// ANCHOR_END: drop

impl std::fmt::Debug for Ring<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lent = self.lent.iter().flatten().count();
        f.debug_struct("Ring").field("lent", &lent).finish()
    }
}

/// Whether this process may use io_uring, and whether the kernel is new
/// enough to read by it.
///
/// # Errors
/// What forbids it, in words.
pub fn available() -> Result<(), String> {
    let uring = IoUring::new(1).map_err(|e| refusal(&e))?;
    let mut probe = Probe::new();
    let probed = uring.submitter().register_probe(&mut probe);
    if probed.is_err() || !probe.is_supported(opcode::Read::CODE) {
        return Err(
            "this kernel's io_uring has no read: it needs Linux 5.6".into()
        );
    }
    Ok(())
}

/// Why io_uring_setup(2) failed. It has one number for several reasons.
fn refusal(error: &io::Error) -> String {
    let switch = "/proc/sys/kernel/io_uring_disabled";
    let setting = fs::read_to_string(switch).unwrap_or_default();
    let reason = match (Errno::from_io_error(error), setting.trim()) {
        (Some(Errno::NOSYS), _) => {
            "the kernel has no io_uring, or a seccomp \
            filter hides it"
        }
        (Some(Errno::PERM), "1" | "2") => "kernel.io_uring_disabled is set",
        (Some(Errno::PERM), _) => {
            "a seccomp filter forbids it, as those of \
            many containers do"
        }
        _ => return format!("io_uring does not start: {error}"),
    };
    format!("no io_uring here: {reason}")
}

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, PipeWriter, Write};
    use std::os::fd::AsFd;

    use super::*;

    /// A pipe, or nothing where there is no io_uring.
    fn pipe() -> Option<(PipeReader, PipeWriter)> {
        match available() {
            Ok(()) => Some(io::pipe().unwrap()),
            Err(refusal) => {
                eprintln!("skipped: {refusal}");
                None
            }
        }
    }

    #[test]
    fn the_buffer_comes_back_with_the_bytes() {
        let Some((reader, mut writer)) = pipe() else {
            return;
        };
        let mut ring = Ring::new(1).unwrap();
        let buffer = vec![b'.'; 4];
        let address = buffer.as_ptr();
        ring.read(reader.as_fd(), 0, buffer);
        assert!(ring.completed().is_none());
        writer.write_all(b"hi").unwrap();
        ring.submit_and_wait().unwrap();
        let read = ring.completed().unwrap();
        assert_eq!((read.tag, read.result.unwrap()), (0, 2));
        assert_eq!(read.buffer, b"hi..");
        assert_eq!(read.buffer.as_ptr(), address);
        ring.read(reader.as_fd(), 0, read.buffer); // The tag is free again.
    }

    #[test]
    fn a_failed_read_returns_its_buffer_too() {
        let Some((_reader, writer)) = pipe() else {
            return;
        };
        let mut ring = Ring::new(1).unwrap();
        ring.read(writer.as_fd(), 0, vec![0; 4]);
        ring.submit_and_wait().unwrap();
        let read = ring.completed().unwrap();
        let error = Errno::from_io_error(&read.result.unwrap_err());
        assert_eq!(error, Some(Errno::BADF));
        assert_eq!(read.buffer, [0; 4]);
    }

    #[test]
    #[should_panic(expected = "one read for each tag")]
    fn a_tag_is_lent_once_at_a_time() {
        let Some((reader, _writer)) = pipe() else {
            panic!("one read for each tag: skipped");
        };
        let mut ring = Ring::new(1).unwrap();
        ring.read(reader.as_fd(), 0, vec![0; 4]);
        ring.read(reader.as_fd(), 0, vec![0; 4]);
    }

    #[test]
    fn each_refusal_says_why() {
        let said = |errno: Errno| refusal(&io::Error::from(errno));
        assert!(said(Errno::NOSYS).contains("no io_uring"));
        assert!(said(Errno::PERM).starts_with("no io_uring here"));
        assert!(said(Errno::NOMEM).contains("does not start"));
    }
}
