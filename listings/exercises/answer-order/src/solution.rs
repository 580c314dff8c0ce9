//! One way to do it.

use std::collections::VecDeque;

/// See `yours`.
pub type Number = u64;

/// See `yours`.
pub struct Order {
    most: usize,
    /// The number of the first in `answers`.
    first: Number,
    /// A place for each request that has come, from the first whose answer
    /// was not taken on.
    answers: VecDeque<Option<Vec<u8>>>,
}

impl Order {
    /// See `yours`.
    pub fn new(most: usize) -> Self {
        Order {
            most: most.max(1),
            first: 0,
            answers: VecDeque::new(),
        }
    }

    /// See `yours`.
    pub fn begin(&mut self) -> Option<Number> {
        if self.answers.len() >= self.most {
            return None;
        }
        self.answers.push_back(None);
        Some(self.first + self.answers.len() as u64 - 1)
    }

    /// See `yours`.
    pub fn finish(&mut self, number: Number, answer: Vec<u8>) -> bool {
        let place = number.checked_sub(self.first);
        let place = place.and_then(|place| usize::try_from(place).ok());
        match place.and_then(|place| self.answers.get_mut(place)) {
            Some(empty @ None) => {
                *empty = Some(answer);
                true
            }
            _ => false,
        }
    }

    /// See `yours`.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let answer = self.answers.front_mut()?.take()?;
        self.answers.pop_front();
        self.first += 1;
        Some(answer)
    }
}
