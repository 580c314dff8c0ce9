//! Yours: replace the `todo!()`s, and give [`Set`] its fields.

use std::hash::Hash;
use std::marker::PhantomData;

/// `struct pollfd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The descriptor.
    pub fd: i32,
    /// What is asked.
    pub events: i16,
    /// What poll has answered.
    pub revents: i16,
}

/// The entries for poll(2), next to each other as it wants them, and whose
/// they are. The order of the entries is up to the set.
///
/// It is not built anew for each call. [`Set::insert`], [`Set::change`] and
/// [`Set::remove`] look at no more than a few entries, however many there are.
#[derive(Debug)]
pub struct Set<K>(PhantomData<K>);

impl<K: Copy + Eq + Hash> Set<K> {
    /// A set without entries.
    pub fn new() -> Self {
        todo!("begin with nothing")
    }

    /// Adds `key`, or asks anew for it: the entry has these values, and no
    /// answer.
    pub fn insert(&mut self, key: K, fd: i32, events: i16) {
        let _ = (key, fd, events);
        todo!("one entry for each key")
    }

    /// Changes what is asked for `key`, and nothing else. Says whether it is
    /// in the set.
    pub fn change(&mut self, key: K, events: i16) -> bool {
        let _ = (key, events);
        todo!("find its entry")
    }

    /// Takes `key` out. Says whether it was in the set.
    pub fn remove(&mut self, key: K) -> bool {
        let _ = key;
        todo!("close the gap, and know who has moved")
    }

    /// All entries, for poll(2) to write its answers into.
    pub fn entries(&mut self) -> &mut [Entry] {
        todo!("hand them out")
    }

    /// Those that poll has answered for, and the answers, in any order.
    pub fn ready(&self) -> Vec<(K, i16)> {
        todo!("whose answer is not 0")
    }
}

impl<K: Copy + Eq + Hash> Default for Set<K> {
    fn default() -> Self {
        Set::new()
    }
}
