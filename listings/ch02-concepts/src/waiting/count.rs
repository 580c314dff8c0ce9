//! Counts system calls where they are made.

use std::cell::RefCell;
use std::io;

/// System calls by name, and how many of each, in the order of the first.
pub type Calls = Vec<(&'static str, u64)>;

/// Makes system calls, and counts them.
#[derive(Debug, Default)]
pub struct Counter(RefCell<Calls>);

impl Counter {
    /// Makes a system call and counts it under its `name`. Makes it again,
    /// and counts it again, when a signal interrupted it.
    ///
    /// # Errors
    /// What the call reports.
    // ANCHOR: call
    pub fn call<T, E: Into<io::Error>>(
        &self,
        name: &'static str,
        mut call: impl FnMut() -> Result<T, E>,
    ) -> io::Result<T> {
        loop {
            self.add_one(name);
            match call().map_err(Into::into) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
    // ANCHOR_END: call

    fn add_one(&self, name: &'static str) {
        let mut calls = self.0.borrow_mut();
        match calls.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => calls.push((name, 1)),
        }
    }

    /// The count so far, which begins anew.
    pub fn take(&self) -> Calls {
        self.0.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_call_is_made_again_and_counted_again() {
        let counter = Counter::default();
        let mut interruptions = 2;
        let result = counter.call("read", || {
            if interruptions > 0 {
                interruptions -= 1;
                return Err(io::ErrorKind::Interrupted);
            }
            Ok(7)
        });
        assert_eq!(result.unwrap(), 7);
        let failed = counter.call("poll", || -> io::Result<()> {
            Err(io::ErrorKind::OutOfMemory.into())
        });
        assert!(failed.is_err());
        assert_eq!(counter.take(), [("read", 3), ("poll", 1)]);
    }
}
