//! How much of a message we take.

/// The bounds on each dimension of a message. Lengths are in bytes.
///
/// A peer that exceeds one is refused at the byte that does it, however the
/// bytes were cut into reads.
// ANCHOR: limits
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest method: more is 501.
    pub method: usize,
    /// The longest first line, CR LF not counted: more is 414.
    pub start_line: usize,
    /// The longest field line, CR LF not counted: more is 431.
    pub field_line: usize,
    /// The longest field section, of a header or a trailer, with every CR LF
    /// and the empty line: more is 431.
    pub section: usize,
    /// The most fields in a section: more is 431.
    pub fields: usize,
    /// The longest content: more is 413.
    pub body: u64,
    /// The longest first line of a chunk, CR LF not counted.
    pub chunk_line: usize,
    /// What the first lines of all chunks of a message may have beside their
    /// size. A chunk of one byte with an extension of a hundred is traffic
    /// that [`Limits::body`] does not see.
    pub chunk_extensions: usize,
}
// ANCHOR_END: limits

impl Default for Limits {
    /// 8 KiB a line, 32 KiB and 100 fields a section, 1 MiB of content.
    fn default() -> Self {
        Limits {
            method: 32,
            start_line: 8 << 10,
            field_line: 8 << 10,
            section: 32 << 10,
            fields: 100,
            body: 1 << 20,
            chunk_line: 256,
            chunk_extensions: 4 << 10,
        }
    }
}

impl Limits {
    /// The longest head, the most that a parser asks to be kept for it: an
    /// empty line in front, the first line with its CR LF, the fields.
    pub fn head(&self) -> usize {
        self.start_line
            .saturating_add(self.section)
            .saturating_add(4)
    }
}
