//! One way to do it.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

type Key = (SocketAddr, u32);

/// See `yours`.
#[derive(Debug)]
pub struct Once {
    window: Duration,
    capacity: usize,
    answers: HashMap<Key, Vec<u8>>,
    // The keys of `answers` with the times at which they are forgotten:
    // oldest first, since time does not go back.
    ends: VecDeque<(Duration, Key)>,
}

impl Once {
    /// See `yours`.
    pub fn new(window: Duration, capacity: usize) -> Self {
        Once {
            window,
            capacity,
            answers: HashMap::new(),
            ends: VecDeque::new(),
        }
    }

    /// See `yours`.
    pub fn answer(
        &mut self,
        client: SocketAddr,
        id: u32,
        now: Duration,
        execute: impl FnOnce() -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        while let Some(&(end, old)) = self.ends.front()
            && end <= now
        {
            self.ends.pop_front();
            self.answers.remove(&old);
        }
        let key = (client, id);
        if let Some(answer) = self.answers.get(&key) {
            return Some(answer.clone());
        }
        if self.answers.len() >= self.capacity {
            return None;
        }
        let answer = execute();
        self.answers.insert(key, answer.clone());
        self.ends.push_back((now.saturating_add(self.window), key));
        Some(answer)
    }

    /// See `yours`.
    pub fn remembered(&self) -> usize {
        self.answers.len()
    }
}
