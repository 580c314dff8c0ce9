//! Where the content of a request ends.

pub mod solution;
pub mod yours;

/// Where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// After this many bytes.
    Length(u64),
    /// Behind the last chunk.
    Chunked,
}

/// Why nobody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// `Content-Length` is not digits, does not fit into 64 bits, or is there
    /// twice.
    Length,
    /// `Transfer-Encoding` is there and is not `chunked` alone.
    Coding,
    /// Both are there.
    Both,
}
