//! One way to do it.

use std::collections::BTreeMap;
use std::mem;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

/// See `yours`.
#[derive(Debug, Default)]
pub struct Signal(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    given: bool,
    /// By the number of the `Wait`.
    wakers: BTreeMap<u64, Waker>,
    numbers: u64,
}

impl Signal {
    /// A signal that was not given yet.
    pub fn new() -> Self {
        Signal::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics with the state locked")
    }

    /// Gives the signal, and wakes everyone who waits.
    pub fn give(&self) {
        let mut state = self.lock();
        state.given = true;
        let wakers = mem::take(&mut state.wakers);
        drop(state);
        wakers.into_values().for_each(Waker::wake);
    }

    /// A future that is done when the signal was given.
    pub fn wait(&self) -> Wait<'_> {
        let mut state = self.lock();
        state.numbers += 1;
        let (signal, number) = (self, state.numbers);
        Wait { signal, number }
    }
}

/// See `yours`.
#[derive(Debug)]
pub struct Wait<'a> {
    signal: &'a Signal,
    number: u64,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.signal.lock();
        if state.given {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        let before = state.wakers.insert(self.number, waker);
        drop(state); // Before the waker, whose drop is somebody else's code.
        drop(before);
        Poll::Pending
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let waker = self.signal.lock().wakers.remove(&self.number);
        drop(waker); // The lock was free at the end of the line above.
    }
}
