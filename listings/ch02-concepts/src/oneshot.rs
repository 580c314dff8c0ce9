//! One value from one thread or task to one other, which awaits it (2.2).
//!
//! The smallest future that waits for something real: [`Receiver`] is done
//! when the value is there, or when it can no longer come.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

/// Sends the value. Dropped without that, it closes the channel.
#[derive(Debug)]
pub struct Sender<T>(Arc<Shared<T>>);

/// Yields the value when awaited.
#[derive(Debug)]
pub struct Receiver<T>(Arc<Shared<T>>);

#[derive(Debug)]
struct Shared<T>(Mutex<State<T>>);

#[derive(Debug)]
struct State<T> {
    value: Option<T>,
    /// The sender is gone: what is not there now will not come.
    closed: bool,
    /// Who is to be told.
    waker: Option<Waker>,
}

/// The sender was dropped before it sent a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sender was dropped before it sent a value")
    }
}

impl Error for Closed {}

/// A channel for one value.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared(Mutex::new(State {
        value: None,
        closed: false,
        waker: None,
    })));
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().expect("nothing panics with the state locked")
    }
}

// ANCHOR: future
impl<T> Future for Receiver<T> {
    type Output = Result<T, Closed>;

    fn poll(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Self::Output> {
        let mut state = self.0.lock();
        if let Some(value) = state.value.take() {
            return Poll::Ready(Ok(value));
        }
        if state.closed {
            return Poll::Ready(Err(Closed));
        }
        // This call's waker: the one of the call before may be another task's.
        let before = state.waker.replace(context.waker().clone());
        drop(state); // A waker is somebody else's code, its drop too.
        drop(before);
        Poll::Pending
    }
}

impl<T> Sender<T> {
    /// Hands over the value. A receiver that is gone does not get it.
    pub fn send(self, value: T) {
        self.0.lock().value = Some(value);
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
// ANCHOR_END: future
