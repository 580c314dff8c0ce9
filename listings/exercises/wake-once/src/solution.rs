//! One way to do it.

use std::mem;
use std::sync::{Mutex, MutexGuard};

/// See `yours`.
pub struct Mailbox<T, W> {
    messages: Mutex<Vec<T>>,
    wake: W,
}

impl<T, W: Fn()> Mailbox<T, W> {
    /// An empty box.
    pub fn new(wake: W) -> Self {
        Mailbox {
            messages: Mutex::default(),
            wake,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.messages.lock().expect("nobody panics with the lock")
    }

    /// Puts a message in, from any thread.
    pub fn send(&self, message: T) {
        let mut messages = self.lock();
        let first = messages.is_empty();
        messages.push(message);
        drop(messages);
        if first {
            (self.wake)();
        }
    }

    /// Takes all messages out, the oldest first.
    pub fn take(&self) -> Vec<T> {
        mem::take(&mut self.lock())
    }
}
