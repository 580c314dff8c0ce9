//! Yours: replace the `todo!()`s.

/// Which numbers have been seen, as far back as 64 from the highest.
///
/// Over UDP, records are lost and overtake each other, so a receiver cannot
/// insist on the next number. It takes each number once, and none that is so
/// old that it cannot know.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// The bit of value 2ⁿ says that the number `highest - n` was seen.
    seen: u64,
    highest: u64,
}

impl Window {
    /// Whether `number` is new. Changes nothing: at this moment, nobody knows
    /// yet whether the record is genuine.
    pub fn may_be_new(&self, number: u64) -> bool {
        let _ = (self.seen, self.highest, number);
        todo!("too old, seen, or new")
    }

    /// Remembers `number`, after its record was found genuine. A number that
    /// is too old changes nothing.
    pub fn mark(&mut self, number: u64) {
        let _ = (&mut self.seen, &mut self.highest, number);
        todo!("the window moves only forwards")
    }
}
