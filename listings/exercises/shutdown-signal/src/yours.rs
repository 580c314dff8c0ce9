//! Yours: replace each `todo!()`, and give the types fields.

use std::pin::Pin;
use std::task::{Context, Poll};

/// A signal that is given once, from any thread, and that any number of tasks
/// await: the server is to shut down.
#[derive(Debug, Default)]
pub struct Signal {}

impl Signal {
    /// A signal that was not given yet.
    pub fn new() -> Self {
        Signal::default()
    }

    /// Gives the signal, and wakes everyone who waits. Giving it again has no
    /// effect.
    ///
    /// Wakers are somebody else's code: wake and drop none of them while a
    /// lock is held.
    pub fn give(&self) {
        todo!("remember it, take the wakers, wake them")
    }

    /// A future that is done when the signal was given, before or after this
    /// call.
    pub fn wait(&self) -> Wait<'_> {
        Wait { signal: self }
    }
}

/// See [`Signal::wait`].
///
/// The signal keeps one waker for each `Wait`, that of its last poll, and
/// none for a `Wait` that was dropped: a task that waits for the signal *or*
/// for something else makes a new one each time.
#[derive(Debug)]
pub struct Wait<'a> {
    signal: &'a Signal,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let _ = (self.signal, context);
        todo!("look and leave the waker, so that no signal comes between")
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        // Take the waker back.
    }
}
