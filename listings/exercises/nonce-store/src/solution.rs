//! One way to do it.

pub use crate::yours::{Error, Store};

/// See `yours`.
pub struct Nonces<S> {
    store: S,
    batch: u64,
    next: u64,
    reserved: u64,
}

impl<S: Store> Nonces<S> {
    /// See `yours`.
    pub fn new(store: S, batch: u64) -> Self {
        let next = store.load();
        let reserved = next;
        Nonces {
            store,
            batch,
            next,
            reserved,
        }
    }

    /// See `yours`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn take(&mut self) -> Result<u64, Error> {
        if self.next == u64::MAX {
            return Err(Error::Exhausted);
        }
        if self.next == self.reserved {
            // At the end of the numbers a batch may be shorter.
            let end = self.reserved.saturating_add(self.batch);
            if !self.store.save(end) {
                return Err(Error::Store);
            }
            self.reserved = end;
        }
        self.next += 1;
        Ok(self.next - 1)
    }
}
