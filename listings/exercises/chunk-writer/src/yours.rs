//! Yours: replace each `todo!()`.

use std::io::{self, Write};

/// Writes chunked content ([RFC 9112, section
/// 7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1)) to `out`.
pub struct Chunked<W> {
    /// Where it goes.
    pub out: W,
}

impl<W: Write> Chunked<W> {
    /// Writes `data` as one chunk. No data is no chunk: one of size 0 would
    /// be the last.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn chunk(&mut self, data: &[u8]) -> io::Result<()> {
        let _ = (&mut self.out, data);
        todo!("size, data, and two line ends")
    }

    /// Writes the last chunk, the trailer fields, and the empty line.
    ///
    /// # Errors
    /// Those of `out`; and [`io::ErrorKind::InvalidInput`], before anything
    /// is written, for a name that is no token, a value with a control byte
    /// other than TAB, and a field that frames: `Content-Length`,
    /// `Transfer-Encoding`.
    pub fn finish(self, trailer: &[(&str, &str)]) -> io::Result<()> {
        let _ = (self.out, trailer);
        todo!("look at all fields first")
    }
}
