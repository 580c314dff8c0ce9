//! One way to do it.

use std::collections::VecDeque;

/// See `yours`.
#[derive(Debug)]
pub struct Latest {
    messages: VecDeque<Vec<u8>>,
    begun: usize,
    most: usize,
    left_out: u64,
}

impl Latest {
    /// See `yours`.
    pub fn new(most: usize) -> Self {
        Latest {
            messages: VecDeque::new(),
            begun: 0,
            most,
            left_out: 0,
        }
    }

    /// See `yours`.
    pub fn push(&mut self, message: &[u8]) {
        // The first that may go: the one that was begun may not.
        let first = usize::from(self.begun > 0);
        // If all of them went, would there be room?
        let stays = self.messages.iter().take(first).map(Vec::len);
        if stays.sum::<usize>() + message.len() > self.most {
            self.left_out += 1;
            return;
        }
        let mut waiting: usize = self.messages.iter().map(Vec::len).sum();
        while waiting + message.len() > self.most {
            let oldest = self.messages.remove(first);
            waiting -= oldest.expect("the rest has room").len();
            self.left_out += 1;
        }
        self.messages.push_back(message.to_vec());
    }

    /// See `yours`.
    pub fn written(&mut self, mut count: usize) {
        while count > 0 {
            let first = self.messages.front_mut().expect("bytes are left");
            let here = count.min(first.len());
            first.drain(..here);
            count -= here;
            self.begun += here;
            if first.is_empty() {
                self.messages.pop_front();
                self.begun = 0;
            }
        }
    }

    /// See `yours`.
    pub fn waiting(&self) -> Vec<u8> {
        self.messages.iter().flatten().copied().collect()
    }

    /// See `yours`.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}
