//! Bytes that wait to be written to a socket that takes fewer than it is
//! given.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

/// What a piece costs beyond its bytes: the queue's own entry. Without it, a
/// limit on bytes would not bound the memory that short pieces take.
pub const PIECE: usize = size_of::<Bytes>();

/// A queue of pieces. One piece may be in many queues; its bytes are in
/// memory once. An empty queue holds no memory.
// ANCHOR: outgoing
#[derive(Debug, Default)]
pub struct Outgoing {
    pieces: VecDeque<Bytes>,
    /// Bytes not yet written, and [`PIECE`] for each piece.
    cost: usize,
}

impl Outgoing {
    /// Appends `piece`. An empty one is left out.
    pub fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.cost += piece.len() + PIECE;
            self.pieces.push_back(piece);
        }
    }

    /// The first bytes, as `writev(2)` wants them: at most `slices.len()`
    /// pieces. Returns how many it filled in.
    pub fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let filled = slices.iter_mut().zip(&self.pieces);
        filled
            .map(|(slice, piece)| *slice = IoSlice::new(piece))
            .count()
    }

    /// Takes away `written` bytes from the front: what the kernel took, in
    /// the middle of a piece as often as not.
    ///
    /// # Panics
    /// If more bytes were written than are here.
    pub fn advance(&mut self, mut written: usize) {
        while written > 0 {
            let piece = self.pieces.front_mut().expect("bytes are left");
            let here = written.min(piece.len());
            piece.advance(here);
            written -= here;
            self.cost -= here;
            if piece.is_empty() {
                self.pieces.pop_front();
                self.cost -= PIECE;
            }
        }
        if self.pieces.is_empty() {
            self.pieces = VecDeque::new();
        }
    }
    // ANCHOR_END: outgoing

    /// What the queue costs, in bytes: those that wait, and [`PIECE`] for
    /// each piece.
    pub fn cost(&self) -> usize {
        self.cost
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(slices: &[IoSlice<'_>]) -> Vec<u8> {
        slices
            .iter()
            .flat_map(|slice| slice.iter())
            .copied()
            .collect()
    }

    fn waiting(queue: &Outgoing) -> Vec<u8> {
        let mut slices = [IoSlice::new(&[]); 64];
        let n = queue.slices(&mut slices);
        joined(&slices[..n])
    }

    #[test]
    fn slices_are_as_many_as_there_is_room_for() {
        let mut queue = Outgoing::default();
        for piece in ["a", "", "bc", "d"] {
            queue.push(Bytes::from(piece));
        }
        let mut slices = [IoSlice::new(&[]); 2];
        assert_eq!(queue.slices(&mut slices), 2);
        assert_eq!(joined(&slices), b"abc");
    }

    #[test]
    fn an_empty_queue_holds_no_memory() {
        let mut queue = Outgoing::default();
        for _ in 0..100 {
            queue.push(Bytes::from_static(b"piece"));
        }
        queue.advance(500);
        assert_eq!((queue.cost(), queue.pieces.capacity()), (0, 0));
    }

    proptest! {
        #[test]
        fn bytes_come_out_once_and_in_order_however_they_are_taken(
            pieces in proptest::collection::vec("[a-z]{0,9}", 0..20),
            takes in proptest::collection::vec(0..12_usize, 0..40),
        ) {
            let mut queue = Outgoing::default();
            let whole = pieces.concat().into_bytes();
            let mut taken = 0;
            for piece in pieces {
                queue.push(Bytes::from(piece));
            }
            for take in takes {
                let take = take.min(whole.len() - taken);
                queue.advance(take);
                taken += take;
                prop_assert_eq!(waiting(&queue), &whole[taken..]);
                let bytes: usize = queue.pieces.iter().map(Bytes::len).sum();
                let cost = bytes + queue.pieces.len() * PIECE;
                prop_assert_eq!(queue.cost(), cost);
                prop_assert_eq!(queue.is_empty(), taken == whole.len());
            }
        }
    }
}
