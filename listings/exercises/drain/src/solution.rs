//! One way to do it.

use std::io::{self, Read};

/// See `yours`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// The source has nothing at the moment.
    Empty,
    /// The source has ended.
    Ended,
    /// `limit` bytes were taken.
    Full,
}

/// See `yours`.
///
/// # Errors
/// What else than "nothing at the moment" `source` reports.
pub fn drain(
    source: &mut impl Read,
    into: &mut Vec<u8>,
    limit: usize,
) -> io::Result<Drained> {
    // read_to_end repeats what was interrupted, and leaves in `into` what
    // came before an error.
    match source.take(limit as u64).read_to_end(into) {
        Ok(n) if n == limit => Ok(Drained::Full),
        Ok(_) => Ok(Drained::Ended),
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(Drained::Empty),
        Err(e) => Err(e),
    }
}
