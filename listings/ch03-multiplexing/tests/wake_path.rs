//! The way of a wake-up from another thread to an executor that sleeps,
//! in every order in which the threads may run, and in every order in which
//! one may see what the other wrote: [loom](https://docs.rs/loom) tries all.
//!
//! `src/bell.rs` is compiled once more here, with loom's atomics. The queue,
//! the ticket and the loop are 2.2's executor's, written with loom's types;
//! the eventfd is a count behind a lock. Loom calls a run in which all
//! threads wait a deadlock: that is a lost wake-up.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../src/bell.rs"]
mod bell;

/// What `crate::atomic` is for `src/bell.rs` here.
use loom::sync::atomic;

// The library's own: loom's cannot be dropped after a deadlock.
use std::sync::Arc;

use atomic::Ordering::{AcqRel, Relaxed};
use atomic::{AtomicBool, AtomicUsize};
use loom::sync::{Condvar, Mutex};
use loom::thread;

use bell::Bell;

/// An eventfd, and `epoll_wait` on it.
#[derive(Default)]
struct EventFd {
    count: Mutex<u64>,
    changed: Condvar,
}

impl EventFd {
    fn write(&self) {
        *self.count.lock().unwrap() += 1;
        self.changed.notify_one();
    }

    /// Waits until the count is not zero, and sets it back.
    fn wait(&self, block: bool) {
        let mut count = self.count.lock().unwrap();
        while block && *count == 0 {
            count = self.changed.wait(count).unwrap();
        }
        *count = 0;
    }
}

/// One task's ticket, and the executor's queue of one place: a ticket is in
/// it at most once.
#[derive(Default)]
struct Shared {
    bell: Bell,
    eventfd: EventFd,
    queued: AtomicBool,
    queue: Mutex<usize>,
    /// What the task waits for. Only the wake-up orders it.
    done: AtomicUsize,
}

impl Shared {
    /// As `Ticket::wake`.
    fn wake(&self, rings: impl FnOnce(&Bell) -> bool) {
        if !self.queued.swap(true, AcqRel) {
            *self.queue.lock().unwrap() += 1;
            if rings(&self.bell) {
                self.eventfd.write();
            }
        }
    }

    /// As `Parking::park`.
    fn park(&self, may_sleep: impl FnOnce(&Bell) -> bool) {
        self.eventfd.wait(may_sleep(&self.bell));
        self.bell.awake();
        self.bell.listen();
    }

    fn take(&self) -> bool {
        let mut queue = self.queue.lock().unwrap();
        let some = *queue > 0;
        *queue -= usize::from(some);
        some
    }
}

/// `wakers` threads each finish one thing and wake the task; the executor
/// polls and parks until it has seen all.
fn model(
    wakers: usize,
    rings: fn(&Bell) -> bool,
    may_sleep: fn(&Bell) -> bool,
) {
    let mut loom = loom::model::Builder::new();
    // With more threads, the orders are too many to try them all in a test.
    loom.preemption_bound = (wakers > 1).then_some(3);
    loom.check(move || {
        let shared = Arc::new(Shared::default());
        let threads: Vec<_> = (0..wakers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.done.fetch_add(1, Relaxed);
                    shared.wake(rings);
                })
            })
            .collect();
        while shared.done.load(Relaxed) < wakers {
            while !shared.take() {
                shared.park(may_sleep);
            }
            shared.queued.swap(false, AcqRel);
        }
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn no_order_loses_a_wake_up() {
    model(1, Bell::ring, Bell::may_sleep);
    model(2, Bell::ring, Bell::may_sleep);
}

/// A model that cannot fail shows nothing: here are two that must.
#[test]
#[should_panic = "deadlock"]
fn whoever_does_not_end_the_sleep_is_found_out() {
    let forgets = |bell: &Bell| {
        bell.ring();
        false
    };
    model(1, forgets, Bell::may_sleep);
}

#[test]
#[should_panic = "deadlock"]
fn whoever_sleeps_without_asking_is_found_out() {
    let rash = |bell: &Bell| {
        bell.may_sleep();
        true
    };
    model(1, Bell::ring, rash);
}
