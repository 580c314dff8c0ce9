//! Yours: replace the `todo!()`s, and give [`Slots`] what it has to remember.

use std::marker::PhantomData;

/// Connections, each under a number that fits into `epoll_data`.
///
/// The low 32 bits of the number are a place in a vector, the high 32 bits
/// say which of those that have had the place is meant. A place that is free
/// is taken again before there is a new one; a number is not given twice.
#[derive(Debug)]
pub struct Slots<T>(PhantomData<T>);

impl<T> Slots<T> {
    /// Nobody is here yet.
    pub fn empty() -> Self {
        todo!("which places are there, who has them, and which are free?")
    }

    /// Takes `value` in, and says under which number.
    pub fn insert(&mut self, value: T) -> u64 {
        let _ = value;
        todo!()
    }

    /// Who has this number; `None` if it was removed, or never given.
    pub fn get(&self, id: u64) -> Option<&T> {
        let _ = id;
        todo!()
    }

    /// Takes out who has this number, if anybody has.
    pub fn remove(&mut self, id: u64) -> Option<T> {
        let _ = id;
        todo!()
    }

    /// How many places there are, free or not.
    pub fn places(&self) -> usize {
        todo!()
    }
}
