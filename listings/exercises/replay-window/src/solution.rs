//! One way to do it.

/// See `yours`.
#[derive(Debug, Clone, Default)]
pub struct Window {
    seen: u64,
    highest: u64,
}

impl Window {
    /// See `yours`.
    pub fn may_be_new(&self, number: u64) -> bool {
        match self.highest.checked_sub(number) {
            None => true,
            Some(age @ 0..64) => (self.seen >> age) & 1 == 0,
            Some(_) => false,
        }
    }

    /// See `yours`.
    pub fn mark(&mut self, number: u64) {
        if let Some(steps @ 1..) = number.checked_sub(self.highest) {
            // A shift by 64 or more would not be defined.
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(steps).unwrap_or(0);
            self.highest = number;
        }
        if let age @ 0..64 = self.highest - number {
            self.seen |= 1 << age;
        }
    }
}
