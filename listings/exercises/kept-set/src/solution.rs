//! One way to do it.

use std::collections::HashMap;
use std::hash::Hash;

/// See `yours`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The descriptor.
    pub fd: i32,
    /// What is asked.
    pub events: i16,
    /// What poll has answered.
    pub revents: i16,
}

/// See `yours`.
#[derive(Debug)]
pub struct Set<K> {
    entries: Vec<Entry>,
    /// Whose the entry at the same place is.
    keys: Vec<K>,
    places: HashMap<K, usize>,
}

impl<K: Copy + Eq + Hash> Set<K> {
    /// See `yours`.
    pub fn new() -> Self {
        Set {
            entries: Vec::new(),
            keys: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// See `yours`.
    pub fn insert(&mut self, key: K, fd: i32, events: i16) {
        let entry = Entry {
            fd,
            events,
            revents: 0,
        };
        if let Some(&place) = self.places.get(&key) {
            self.entries[place] = entry;
            return;
        }
        self.places.insert(key, self.entries.len());
        self.entries.push(entry);
        self.keys.push(key);
    }

    /// See `yours`.
    pub fn change(&mut self, key: K, events: i16) -> bool {
        let place = self.places.get(&key);
        if let Some(&place) = place {
            self.entries[place].events = events;
        }
        place.is_some()
    }

    /// See `yours`.
    pub fn remove(&mut self, key: K) -> bool {
        let Some(place) = self.places.remove(&key) else {
            return false;
        };
        self.entries.swap_remove(place);
        self.keys.swap_remove(place);
        // The last one is in its place now, unless it was the last.
        if let Some(&moved) = self.keys.get(place) {
            self.places.insert(moved, place);
        }
        true
    }

    /// See `yours`.
    pub fn entries(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    /// See `yours`.
    pub fn ready(&self) -> Vec<(K, i16)> {
        let pairs = self.keys.iter().zip(&self.entries);
        pairs
            .filter(|(_, entry)| entry.revents != 0)
            .map(|(key, entry)| (*key, entry.revents))
            .collect()
    }
}

impl<K: Copy + Eq + Hash> Default for Set<K> {
    fn default() -> Self {
        Set::new()
    }
}
