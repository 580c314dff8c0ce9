//! The queues of io_uring, made safe: what the kernel has been lent stays in
//! [`Ring`] until the kernel has given it back.

#![expect(unsafe_code, reason = "the kernel writes into memory by address")]

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use io_uring::squeue::Flags;
use io_uring::types::{Fd, SubmitArgs, Timespec};
use io_uring::{IoUring, Probe, cqueue, opcode, squeue};
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::SendFlags;
use slotmap::{Key, KeyData, SlotMap, new_key_type};

use crate::machine::Id;

new_key_type! {
    /// Names an operation that is under way.
    pub struct Op;
}

/// Operations handed over with one call; more make one more call.
const ENTRIES: u32 = 256;
/// Buffers for all connections together, and the size of each in bytes.
const BUFFERS: u16 = 256;
const BUFFER: usize = 4096;
/// The number of the one group of buffers.
const GROUP: u16 = 0;
/// Not the numbers of any [`Op`].
const PROVIDED: u64 = u64::MAX;
const CANCELLED: u64 = u64::MAX - 1;

/// What the kernel has until the operation is complete. The descriptor stays
/// open, so that its number means nothing else.
// ANCHOR: lent
struct Lent {
    _open: Rc<OwnedFd>,
    what: What,
}

enum What {
    Accept,
    Readable,
    Receive(Id),
    /// The bytes, which the kernel reads whenever it likes.
    Send(Id, Vec<u8>),
}
// ANCHOR_END: lent

/// An operation that is complete.
pub enum Done {
    /// A connection was accepted, or not.
    Accepted(io::Result<OwnedFd>),
    /// What [`Ring::readable`] was asked for.
    Readable,
    /// How many bytes, and the buffer that was taken for them, if one was.
    Received(Id, io::Result<usize>, Option<Filled>),
    /// How many bytes.
    Sent(Id, io::Result<usize>),
}

/// A buffer that the kernel has filled, to be given back by
/// [`Ring::provide`].
pub struct Filled {
    number: u16,
    buffer: Vec<u8>,
    len: usize,
}

impl Filled {
    /// The bytes that have come.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }
}

/// Two queues shared with the kernel, and what it has been lent.
pub struct Ring {
    uring: IoUring,
    /// What the next call hands over.
    queued: VecDeque<squeue::Entry>,
    lent: SlotMap<Op, Lent>,
    /// By number: the buffers that the kernel may write into.
    pool: Vec<Option<Vec<u8>>>,
}

impl Ring {
    /// One call of io_uring_setup(2), and mmap(2) for each queue.
    ///
    /// # Errors
    /// As io_uring_setup(2).
    pub fn new() -> io::Result<Self> {
        let mut ring = Ring {
            uring: setup()?,
            queued: VecDeque::new(),
            lent: SlotMap::with_key(),
            pool: (0..BUFFERS).map(|_| None).collect(),
        };
        for number in 0..BUFFERS {
            let (buffer, len) = (vec![0; BUFFER], 0);
            ring.provide(Filled {
                number,
                buffer,
                len,
            });
        }
        Ok(ring)
    }

    /// Whether the kernel has nothing of ours but empty buffers.
    pub fn is_idle(&self) -> bool {
        self.lent.is_empty()
    }

    // ANCHOR: provide
    /// Gives the kernel a buffer to receive into: for whichever connection is
    /// the next that something comes for.
    pub fn provide(&mut self, filled: Filled) {
        let number = filled.number;
        let buffer = self.pool[usize::from(number)].insert(filled.buffer);
        let address = buffer.as_mut_ptr();
        let len = i32::try_from(BUFFER).expect("small");
        let entry = opcode::ProvideBuffers::new(address, len, 1, GROUP, number)
            .build()
            // A success needs no completion.
            .flags(Flags::SKIP_SUCCESS)
            .user_data(PROVIDED);
        // SAFETY: the buffer has `BUFFER` bytes. It stays in `pool`, and
        // nobody touches it, until a completion names its number; `drop`
        // leaks it if the kernel could still write.
        unsafe { self.queue(entry) }
    }

    /// Receives for `id`, into a buffer that the kernel takes from those
    /// provided, when something has come and not before.
    pub fn receive(&mut self, id: Id, fd: &Rc<OwnedFd>) -> Op {
        let len = u32::try_from(BUFFER).expect("small");
        let entry =
            opcode::Recv::new(Fd(fd.as_raw_fd()), std::ptr::null_mut(), len)
                .buf_group(GROUP)
                .build()
                .flags(Flags::BUFFER_SELECT);
        self.start(fd, What::Receive(id), |_| entry)
    }
    // ANCHOR_END: provide

    // ANCHOR: send
    /// Sends `bytes` for `id`, or the first of them. They are the kernel's
    /// until it is done.
    pub fn send(&mut self, id: Id, fd: &Rc<OwnedFd>, bytes: Vec<u8>) -> Op {
        let number = Fd(fd.as_raw_fd());
        let flags = SendFlags::NOSIGNAL.bits().cast_signed();
        self.start(fd, What::Send(id, bytes), |what| {
            let What::Send(_, bytes) = what else {
                unreachable!("it was made two lines above");
            };
            let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            let send = opcode::Send::new(number, bytes.as_ptr(), len);
            send.flags(flags).build()
        })
    }
    // ANCHOR_END: send

    /// Accepts one connection.
    pub fn accept(&mut self, fd: &Rc<OwnedFd>) -> Op {
        let null = std::ptr::null_mut();
        let accept = opcode::Accept::new(Fd(fd.as_raw_fd()), null, null.cast());
        let flags = rustix::net::SocketFlags::CLOEXEC;
        let entry = accept.flags(flags.bits().cast_signed()).build();
        self.start(fd, What::Accept, |_| entry)
    }

    /// Waits until `fd` is readable.
    pub fn readable(&mut self, fd: &Rc<OwnedFd>) -> Op {
        let flags = u32::from(PollFlags::IN.bits());
        let entry = opcode::PollAdd::new(Fd(fd.as_raw_fd()), flags).build();
        self.start(fd, What::Readable, |_| entry)
    }

    /// Asks the kernel to give `op` up. It completes nevertheless: given up
    /// or done.
    pub fn cancel(&mut self, op: Op) {
        let entry = opcode::AsyncCancel::new(op.data().as_ffi())
            .build()
            .flags(Flags::SKIP_SUCCESS)
            .user_data(CANCELLED);
        // SAFETY: it refers to no memory.
        unsafe { self.queue(entry) }
    }

    fn start(
        &mut self,
        fd: &Rc<OwnedFd>,
        what: What,
        entry: impl FnOnce(&What) -> squeue::Entry,
    ) -> Op {
        let _open = Rc::clone(fd);
        let op = self.lent.insert(Lent { _open, what });
        let entry = entry(&self.lent[op].what);
        // SAFETY: what the entry refers to, descriptor and bytes, is in
        // `lent` until the completion with this number has come; a `Vec` that
        // is moved leaves its bytes where they are. `drop` leaks the rest.
        unsafe { self.queue(entry.user_data(op.data().as_ffi())) };
        op
    }

    /// Queues `entry` for [`Ring::wait`].
    ///
    /// # Safety
    /// What `entry` refers to must live until its completion.
    unsafe fn queue(&mut self, entry: squeue::Entry) {
        self.queued.push_back(entry);
    }

    // ANCHOR: wait
    /// Hands over what is queued and sleeps until an operation is complete,
    /// or `timeout` is over: one call of io_uring_enter(2).
    ///
    /// # Errors
    /// As io_uring_enter(2).
    pub fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        while !self.fill() {
            if let Err(error) = self.uring.submit() {
                return calmly(error);
            }
        }
        let time = timeout.map(Timespec::from).unwrap_or_default();
        let args = match timeout {
            Some(_) => SubmitArgs::new().timespec(&time),
            None => SubmitArgs::new(),
        };
        match self.uring.submitter().submit_with_args(1, &args) {
            Ok(_) => Ok(()),
            Err(error) => calmly(error),
        }
    }
    // ANCHOR_END: wait

    /// Moves entries to the queue that the kernel sees, and says whether all
    /// had room.
    fn fill(&mut self) -> bool {
        let mut submission = self.uring.submission();
        while let Some(entry) = self.queued.front() {
            // SAFETY: the promise made to `queue`.
            if unsafe { submission.push(entry) }.is_err() {
                return false;
            }
            self.queued.pop_front();
        }
        true
    }

    // ANCHOR: done
    /// The next operation that is complete, and what came of it. No system
    /// call.
    ///
    /// # Errors
    /// When the kernel did not take a buffer.
    pub fn done(&mut self) -> io::Result<Option<Done>> {
        loop {
            let Some(entry) = self.uring.completion().next() else {
                return Ok(None);
            };
            let result = usize::try_from(entry.result())
                .map_err(|_| io::Error::from_raw_os_error(-entry.result()));
            match entry.user_data() {
                PROVIDED => drop(result?),
                // The operation itself says how it went.
                CANCELLED => {}
                number => {
                    let op = Op::from(KeyData::from_ffi(number));
                    let lent = self.lent.remove(op);
                    let lent = lent.expect("under way until now");
                    return Ok(Some(self.done_with(lent, result, &entry)));
                }
            }
        }
    }
    // ANCHOR_END: done

    fn done_with(
        &mut self,
        lent: Lent,
        result: io::Result<usize>,
        entry: &cqueue::Entry,
    ) -> Done {
        match lent.what {
            What::Accept => Done::Accepted(result.map(|_| {
                // SAFETY: the kernel has made this descriptor for us, in this
                // completion; nobody else has its number.
                unsafe { OwnedFd::from_raw_fd(entry.result()) }
            })),
            What::Readable => Done::Readable,
            What::Receive(id) => {
                let number = cqueue::buffer_select(entry.flags());
                let filled = number.map(|n| self.filled(n, &result));
                Done::Received(id, result, filled)
            }
            What::Send(id, _) => Done::Sent(id, result),
        }
    }

    fn filled(&mut self, number: u16, result: &io::Result<usize>) -> Filled {
        let buffer = self.pool[usize::from(number)].take();
        Filled {
            number,
            buffer: buffer.expect("it was provided until this completion"),
            len: *result.as_ref().unwrap_or(&0),
        }
    }
}

// ANCHOR: drop
impl Drop for Ring {
    /// The kernel may still use what has not come back.
    fn drop(&mut self) {
        if !self.is_idle() {
            mem::forget(mem::take(&mut self.lent));
            mem::forget(mem::take(&mut self.pool));
        }
    }
}
// ANCHOR_END: drop

/// What is no failure of the ring: time is over, a signal came, or so many
/// results wait that they have to be taken first.
fn calmly(error: io::Error) -> io::Result<()> {
    match Errno::from_io_error(&error) {
        Some(Errno::TIME | Errno::INTR | Errno::BUSY | Errno::AGAIN) => Ok(()),
        _ => Err(error),
    }
}

/// A ring for one thread, which does the kernel's part of the work when it
/// enters, and not in between; before Linux 6.1, an ordinary one.
fn setup() -> io::Result<IoUring> {
    let one = IoUring::builder()
        .setup_single_issuer()
        .setup_defer_taskrun()
        .build(ENTRIES);
    match one {
        Err(e) if Errno::from_io_error(&e) == Some(Errno::INVAL) => {
            IoUring::new(ENTRIES)
        }
        other => other,
    }
}

/// Whether this process may use io_uring, and whether the kernel is new
/// enough for this driver.
///
/// # Errors
/// What forbids it, in words.
pub fn available() -> Result<(), String> {
    let uring = setup().map_err(|error| refusal(&error))?;
    let features = uring.params();
    let mut probe = Probe::new();
    let probed = uring.submitter().register_probe(&mut probe);
    let known = probed.is_ok()
        && [
            opcode::Accept::CODE,
            opcode::AsyncCancel::CODE,
            opcode::PollAdd::CODE,
            opcode::ProvideBuffers::CODE,
            opcode::Recv::CODE,
            opcode::Send::CODE,
        ]
        .iter()
        .all(|code| probe.is_supported(*code));
    let new = features.is_feature_ext_arg()
        && features.is_feature_skip_cqe_on_success();
    match known && new {
        true => Ok(()),
        false => Err("no io_uring here that would do: this driver needs \
                      Linux 5.17"
            .into()),
    }
}

/// Why io_uring_setup(2) failed. It has one number for several reasons.
fn refusal(error: &io::Error) -> String {
    let switch = "/proc/sys/kernel/io_uring_disabled";
    let setting = fs::read_to_string(switch).unwrap_or_default();
    let reason = match (Errno::from_io_error(error), setting.trim()) {
        (Some(Errno::NOSYS), _) => {
            "the kernel has none, or a seccomp filter hides it"
        }
        (Some(Errno::PERM), "1" | "2") => "kernel.io_uring_disabled is set",
        (Some(Errno::PERM), _) => {
            "a seccomp filter forbids it, as those of many containers do"
        }
        _ => return format!("io_uring does not start: {error}"),
    };
    format!("no io_uring here: {reason}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_why() {
        let said = |errno: Errno| refusal(&io::Error::from(errno));
        assert!(said(Errno::NOSYS).contains("the kernel has none"));
        assert!(said(Errno::PERM).starts_with("no io_uring here"));
        assert!(said(Errno::NOMEM).contains("does not start"));
    }
}
