//! One way to do it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// See `yours`.
#[derive(Debug, Clone)]
pub struct Permits {
    pool: Arc<Pool>,
}

#[derive(Debug)]
struct Pool {
    left: Mutex<usize>,
    came_back: Condvar,
}

impl Pool {
    fn left(&self) -> MutexGuard<'_, usize> {
        // A number cannot be half changed: poison says nothing here, and
        // a panic in `drop` during a panic would end the process.
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See `yours`.
#[derive(Debug)]
pub struct Permit {
    pool: Arc<Pool>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.pool.left() += 1;
        self.pool.came_back.notify_one();
    }
}

impl Permits {
    /// See `yours`.
    pub fn new(max: usize) -> Self {
        let pool = Arc::new(Pool {
            left: Mutex::new(max),
            came_back: Condvar::new(),
        });
        Permits { pool }
    }

    /// See `yours`.
    pub fn try_take(&self) -> Option<Permit> {
        let mut left = self.pool.left();
        *left = left.checked_sub(1)?;
        let pool = Arc::clone(&self.pool);
        Some(Permit { pool })
    }

    /// See `yours`.
    pub fn take(&self) -> Permit {
        let mut left = self
            .pool
            .came_back
            .wait_while(self.pool.left(), |left| *left == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *left -= 1;
        let pool = Arc::clone(&self.pool);
        Permit { pool }
    }
}
