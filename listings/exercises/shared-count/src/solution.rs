//! One way to do it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// See `yours`.
#[derive(Debug, Default)]
pub struct Attendance {
    total: AtomicU64,
    present: AtomicU64,
    most: AtomicU64,
}

/// See `yours`.
#[derive(Debug)]
pub struct Visit<'a> {
    /// Which client this is.
    pub number: u64,
    /// The count it belongs to.
    pub attendance: &'a Attendance,
}

impl Attendance {
    /// See `yours`.
    pub fn enter(&self) -> Visit<'_> {
        // Each step returns what it found. Asking again, with `load`, would
        // answer with what other threads have made of it since.
        let present = self.present.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(present, Relaxed);
        Visit {
            number: self.total.fetch_add(1, Relaxed) + 1,
            attendance: self,
        }
    }

    /// See `yours`.
    pub fn present(&self) -> u64 {
        self.present.load(Relaxed)
    }

    /// See `yours`.
    pub fn most(&self) -> u64 {
        self.most.load(Relaxed)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.attendance.present.fetch_sub(1, Relaxed);
    }
}
