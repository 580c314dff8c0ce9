//! Whether a thread sleeps, so that others ring only then.
//!
//! To end a sleep in `epoll_wait` takes a system call. Most wake-ups come
//! while the thread is awake, and from itself.

use crate::atomic::AtomicU8;
use crate::atomic::Ordering::{AcqRel, Acquire};

/// Awake, and not rung since.
const AWAKE: u8 = 0;
/// Asleep, or about to be.
const ASLEEP: u8 = 1;
/// Rung.
const RUNG: u8 = 2;

/// What one thread that sleeps and any that ring have in common.
///
/// Whoever rings has put what is to be done where the sleeper looks: before
/// [`Bell::may_sleep`], and again after [`Bell::listen`].
// ANCHOR: bell
#[derive(Debug)]
pub struct Bell(AtomicU8);

impl Bell {
    /// For the sleeper: whether it may, and has to be rung awake from now on.
    /// Not if it was rung since it last began to listen.
    pub fn may_sleep(&self) -> bool {
        let slept = self.0.compare_exchange(AWAKE, ASLEEP, AcqRel, Acquire);
        slept.is_ok()
    }

    /// For the sleeper, when it has woken: nobody needs to end its sleep.
    pub fn awake(&self) {
        self.0.swap(RUNG, AcqRel);
    }

    /// For the sleeper, before it looks for what is to be done. Rings until
    /// now are heard; the next one keeps it from sleeping.
    pub fn listen(&self) {
        self.0.swap(AWAKE, AcqRel);
    }

    /// For all others. `true` if the sleeper sleeps: end it.
    pub fn ring(&self) -> bool {
        self.0.swap(RUNG, AcqRel) == ASLEEP
    }
}
// ANCHOR_END: bell

impl Default for Bell {
    fn default() -> Self {
        Bell(AtomicU8::new(AWAKE))
    }
}
