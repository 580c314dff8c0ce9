//! Yours: replace the `todo!()`s, and give the struct what it needs.

/// How often a size is tried before it counts as too large
/// (RFC 8899 section 5.1.2).
pub const MAX_PROBES: u32 = 3;

/// Finds the largest packet that a path carries, by trying: a probe of a
/// size is sent, and the other end acknowledges what arrives. A packet that
/// is too large disappears somewhere without a word, and so, now and then,
/// does any other.
#[derive(Debug)]
pub struct Search {}

impl Search {
    /// Packets of `works` bytes are known to pass. More than `limit` bytes
    /// are not worth a try: the first link takes no more. `works` is at most
    /// `limit`.
    pub fn new(works: usize, limit: usize) -> Self {
        let _ = (works, limit);
        todo!()
    }

    /// The largest size known to pass, in bytes.
    pub fn size(&self) -> usize {
        todo!()
    }

    /// The size of the probe to send now: between the sizes known to pass
    /// and those that count as too large. `None` when there is no size
    /// between them. It stays the same until one of the functions below is
    /// called.
    pub fn probe(&self) -> Option<usize> {
        todo!("halve the range")
    }

    /// A packet of `size` bytes was acknowledged: the probe, or an earlier
    /// one that was thought lost. More than `limit` is a lie, and changes
    /// nothing.
    pub fn acknowledged(&mut self, size: usize) {
        let _ = size;
        todo!("what if the size counted as too large?")
    }

    /// No acknowledgment of the probe came in time. When that has happened
    /// [`MAX_PROBES`] times to one size, it counts as too large.
    pub fn lost(&mut self) {
        todo!("one loss proves nothing")
    }
}
