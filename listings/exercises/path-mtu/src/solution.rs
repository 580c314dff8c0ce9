//! One way to do it.

/// See `yours`.
pub const MAX_PROBES: u32 = 3;

/// See `yours`.
#[derive(Debug)]
pub struct Search {
    passes: usize,
    // The smallest size that counts as too large.
    too_large: usize,
    limit: usize,
    lost: u32,
}

impl Search {
    /// See `yours`.
    pub fn new(works: usize, limit: usize) -> Self {
        Search {
            passes: works,
            too_large: limit + 1,
            limit,
            lost: 0,
        }
    }

    /// See `yours`.
    pub fn size(&self) -> usize {
        self.passes
    }

    /// See `yours`.
    pub fn probe(&self) -> Option<usize> {
        let between = self.too_large - self.passes;
        // Up to one less than `too_large`, and more than `passes`.
        (between > 1).then_some(self.passes + between / 2)
    }

    /// See `yours`.
    pub fn acknowledged(&mut self, size: usize) {
        if size <= self.passes || size > self.limit {
            return;
        }
        self.passes = size;
        self.lost = 0;
        if self.too_large <= size {
            // It was lost for another reason: the search goes on above it.
            self.too_large = self.limit + 1;
        }
    }

    /// See `yours`.
    pub fn lost(&mut self) {
        let Some(size) = self.probe() else {
            return;
        };
        self.lost += 1;
        if self.lost == MAX_PROBES {
            self.too_large = size;
            self.lost = 0;
        }
    }
}
