//! Yours: replace the `todo!()`s, and give the struct what it needs.

use std::time::Duration;

/// The requests on one connection that have no answer yet, each with an id
/// that its answer will repeat. `T` is who waits for the answer.
///
/// A time is a [`Duration`] since a moment the caller chose. It never goes
/// back.
#[derive(Debug)]
pub struct Outstanding<T> {
    waiting: Vec<T>,
}

impl<T> Outstanding<T> {
    /// At most `most` requests wait at a time, each for less than `patience`.
    pub fn new(most: usize, patience: Duration) -> Self {
        let _ = (most, patience);
        todo!("nobody waits")
    }

    /// A request is sent at `now`: says with which id. The first has id 0, and
    /// each the number that follows the last one's, 0 after 65,535; ids that
    /// still wait for their answer are left out.
    ///
    /// `None`: as many as may wait do so, those included whose patience is over
    /// and whom [`expired`](Self::expired) has not taken out. Nothing is
    /// remembered then.
    pub fn send(&mut self, who: T, now: Duration) -> Option<u16> {
        let _ = (who, now);
        todo!("an id that is free; remember who")
    }

    /// An answer with `id` came at `now`: says who waits for it, once.
    ///
    /// `None`: nobody does. It was answered before, was never asked, or the
    /// answer comes too late, when `patience` is over.
    pub fn answer(&mut self, id: u16, now: Duration) -> Option<T> {
        let _ = (id, now);
        todo!("whose id is it?")
    }

    /// Takes out those whose patience is over at `now`, in the order in which
    /// they were sent.
    pub fn expired(&mut self, now: Duration) -> Vec<T> {
        let _ = now;
        todo!("the oldest come first")
    }

    /// How many wait, those included whose patience is over.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
