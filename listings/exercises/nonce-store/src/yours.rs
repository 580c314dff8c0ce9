//! Yours: replace the `todo!()`s.

/// Where a number is kept: a file, say. It is there after a crash if `save`
/// returned.
pub trait Store {
    /// The number saved last; 0 if there never was one.
    fn load(&self) -> u64;
    /// Keeps `number`. `false` if that failed; it is then unknown whether it
    /// was kept.
    fn save(&mut self, number: u64) -> bool;
}

/// Why there is no nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The store failed. The next call may try again.
    Store,
    /// All 2⁶⁴ − 1 nonces are used.
    Exhausted,
}

/// Hands out 0, 1, 2, …: each number once, whatever happens, even when the
/// process dies at any moment and begins anew with the same store.
///
/// Saving is slow. A number that is saved reserves `batch` nonces, so that
/// only one call in `batch` has to save. Those that were reserved and not
/// used when the process died are lost, which does no harm.
pub struct Nonces<S> {
    store: S,
    batch: u64,
    next: u64,
    reserved: u64,
}

impl<S: Store> Nonces<S> {
    /// Goes on after what `store` has reserved. `batch` is at least 1.
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

    /// The next nonce. `u64::MAX` is never handed out: nobody could say
    /// afterwards that it is used.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn take(&mut self) -> Result<u64, Error> {
        let _ = (&mut self.store, self.batch, self.next, self.reserved);
        todo!("reserve before you hand out")
    }
}
