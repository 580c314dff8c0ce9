//! Bytes that wait to be written to a socket that takes fewer than it is
//! given.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

/// What a piece costs beyond its bytes: the queue's own entry. Without it, a
/// limit on bytes would not bound the memory that short pieces take.
pub const PIECE: usize = size_of::<Piece>();

// ANCHOR: outgoing
/// A queue of pieces. What is *pushed* is shared: one piece may be in many
/// queues, and its bytes are in memory once. What is *copied* is the queue's
/// own.
#[derive(Debug, Default)]
pub struct Outgoing {
    pieces: VecDeque<Piece>,
    /// The bytes of the pieces that are its own, one after the other, and
    /// how many of them are written already.
    own: Vec<u8>,
    gone: usize,
    /// Bytes not yet written, and [`PIECE`] for each piece.
    cost: usize,
}

#[derive(Debug)]
enum Piece {
    Shared(Bytes),
    /// So many of the bytes in `own`.
    Own(usize),
}

impl Outgoing {
    /// Appends `piece`, without a copy. An empty one is left out.
    pub fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.cost += piece.len() + PIECE;
            self.pieces.push_back(Piece::Shared(piece));
        }
    }

    /// Appends a copy of `bytes`: to the last piece, if that is a copy, too.
    pub fn copy(&mut self, bytes: &[u8]) {
        self.own.extend_from_slice(bytes);
        self.cost += bytes.len();
        match self.pieces.back_mut() {
            Some(Piece::Own(len)) => *len += bytes.len(),
            _ if bytes.is_empty() => {}
            _ => {
                self.cost += PIECE;
                self.pieces.push_back(Piece::Own(bytes.len()));
            }
        }
    }
    // ANCHOR_END: outgoing

    /// The first bytes, as `writev(2)` wants them: at most `slices.len()`
    /// pieces. Returns how many it filled in.
    // ANCHOR: advance
    pub fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut own = &self.own[self.gone..];
        let mut filled = 0;
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            *slice = IoSlice::new(match piece {
                Piece::Shared(bytes) => bytes,
                Piece::Own(len) => {
                    let (bytes, rest) = own.split_at(*len);
                    own = rest;
                    bytes
                }
            });
            filled += 1;
        }
        filled
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
            match piece {
                Piece::Shared(bytes) => bytes.advance(here),
                Piece::Own(len) => {
                    *len -= here;
                    self.gone += here;
                }
            }
            written -= here;
            self.cost -= here;
            if piece.len() == 0 {
                self.pieces.pop_front();
                self.cost -= PIECE;
            }
        }
        if self.gone == self.own.len() {
            self.own.clear();
            self.gone = 0;
        } else if self.gone > self.own.len() / 2 {
            // Not at each call: what is left has to move.
            self.own.drain(..self.gone);
            self.gone = 0;
        }
    }
    // ANCHOR_END: advance

    /// The memory it holds on to, in bytes, whatever waits in it.
    pub fn capacity(&self) -> usize {
        self.own.capacity() + self.pieces.capacity() * PIECE
    }

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

impl Piece {
    fn len(&self) -> usize {
        match self {
            Piece::Shared(bytes) => bytes.len(),
            Piece::Own(len) => *len,
        }
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
    fn copies_that_follow_each_other_are_one_piece() {
        let mut queue = Outgoing::default();
        for text in ["one ", "", "two "] {
            queue.copy(text.as_bytes());
        }
        queue.push(Bytes::from("three "));
        queue.copy(b"four");
        let mut slices = [IoSlice::new(&[]); 4];
        assert_eq!(queue.slices(&mut slices), 3);
        assert_eq!(joined(&slices), b"one two three four");
        assert_eq!(queue.cost(), 18 + 3 * PIECE);
    }

    /// Never empty, and never much in it: the memory is for what waits, and
    /// not for all that has gone through.
    #[test]
    fn a_queue_that_is_never_empty_does_not_grow() {
        let mut queue = Outgoing::default();
        queue.copy(&[0; 100]);
        for _ in 0..10_000 {
            queue.copy(&[1; 100]);
            queue.advance(100);
        }
        assert!(queue.capacity() < 1000, "{}", queue.capacity());
    }

    proptest! {
        #[test]
        fn bytes_come_out_once_and_in_order_however_they_are_taken(
            pieces in proptest::collection::vec(
                ("[a-z]{0,9}", proptest::bool::ANY),
                0..20,
            ),
            takes in proptest::collection::vec(0..12_usize, 0..40),
        ) {
            let mut queue = Outgoing::default();
            let mut whole = Vec::new();
            let mut taken = 0;
            for (text, shared) in pieces {
                whole.extend_from_slice(text.as_bytes());
                match shared {
                    true => queue.push(Bytes::from(text)),
                    false => queue.copy(text.as_bytes()),
                }
            }
            for take in takes {
                let take = take.min(whole.len() - taken);
                queue.advance(take);
                taken += take;
                prop_assert_eq!(waiting(&queue), &whole[taken..]);
                let bytes = whole.len() - taken;
                let cost = bytes + queue.pieces.len() * PIECE;
                prop_assert_eq!(queue.cost(), cost);
                prop_assert_eq!(queue.is_empty(), taken == whole.len());
            }
        }
    }
}
