//! Yours: replace the `todo!()`s.

use std::collections::VecDeque;

/// Messages that wait for a peer. When there is no room for a new one, old
/// ones make way.
#[derive(Debug)]
pub struct Latest {
    /// Whole messages; of the first, the bytes that were not written yet.
    messages: VecDeque<Vec<u8>>,
    /// Bytes of the first message that were written.
    begun: usize,
    /// The most bytes that may wait.
    most: usize,
    /// Messages left out so far.
    left_out: u64,
}

impl Latest {
    /// An empty queue for at most `most` bytes.
    pub fn new(most: usize) -> Self {
        Latest {
            messages: VecDeque::new(),
            begun: 0,
            most,
            left_out: 0,
        }
    }

    /// Appends `message`, and leaves out as many of the oldest as it takes so
    /// that no more than `most` bytes wait. A message of which a part was
    /// written stays: the peer has its beginning. If `message` would have no
    /// room even with all the others gone, it is left out itself, and all the
    /// others stay. It is not empty.
    pub fn push(&mut self, message: &[u8]) {
        let _ = (message, self.begun, self.most, &mut self.left_out);
        todo!("make room, then append")
    }

    /// The kernel has taken the first `count` bytes.
    pub fn written(&mut self, count: usize) {
        let _ = (count, &mut self.messages);
        todo!("take them away, and remember what has begun")
    }

    /// The bytes that wait.
    pub fn waiting(&self) -> Vec<u8> {
        self.messages.iter().flatten().copied().collect()
    }

    /// How many messages were left out.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}
