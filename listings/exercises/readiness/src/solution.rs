//! One way to do it.

use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

pub use crate::yours::Seen;

/// See `yours`.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    reports: u64,
    ready: bool,
    waker: Option<Waker>,
}

impl Readiness {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics with it")
    }

    /// See `yours`.
    pub fn report(&self) {
        let mut state = self.lock();
        state.reports += 1;
        state.ready = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// See `yours`.
    pub fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Seen> {
        let mut state = self.lock();
        if state.ready {
            return Poll::Ready(Seen(state.reports));
        }
        let old = state.waker.replace(context.waker().clone());
        drop(state);
        drop(old);
        Poll::Pending
    }

    /// See `yours`.
    pub fn clear(&self, seen: Seen) {
        let mut state = self.lock();
        if state.reports == seen.0 {
            state.ready = false;
        }
    }
}
