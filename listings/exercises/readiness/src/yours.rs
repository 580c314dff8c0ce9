//! Yours: replace each `todo!()`, and put into the structure what you need.

use std::task::{Context, Poll};

/// The number of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen(pub u64);

/// One side of a socket. The reactor's thread reports that it is ready; a task
/// on another thread waits for that, and clears it when a call said
/// `WouldBlock`.
#[derive(Debug, Default)]
pub struct Readiness {}

impl Readiness {
    /// For the reactor: the socket has become ready. Wakes who waits, once,
    /// and holds no lock meanwhile: a waker may call these methods itself.
    pub fn report(&self) {
        todo!("note it, and wake")
    }

    /// For the task: the number of the last report, if it was not cleared. At
    /// first there is none, and nothing to be ready for. A task that has to
    /// wait is woken by the next report, with the waker of its last poll.
    pub fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Seen> {
        let _ = context;
        todo!("look, and leave the waker")
    }

    /// For the task: a call that it made after it had `seen` this report said
    /// `WouldBlock`. A report that came since stays: it may be of bytes that
    /// came behind the call.
    pub fn clear(&self, seen: Seen) {
        let _ = seen;
        todo!("not ready, unless a report came since")
    }
}
