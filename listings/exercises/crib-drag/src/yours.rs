//! Yours: replace the `todo!()`.

/// Where a word may stand, and what it would make of the other message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Counted in bytes from 0.
    pub at: usize,
    /// As many bytes of the other message as the word has.
    pub other: String,
}

/// `one` and `two` were encrypted with the same keystream. Tries `word` at
/// each place of the first message that both messages reach, and returns, in
/// order, the places where the second one then reads as text: lower-case
/// letters and spaces only.
///
/// An empty word stands nowhere.
pub fn places(one: &[u8], two: &[u8], word: &str) -> Vec<Place> {
    let _ = (one, two, word);
    todo!("one ^ two is the XOR of the two messages: the key is gone")
}
