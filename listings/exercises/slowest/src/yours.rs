//! Yours: replace the `todo!()`.

/// A request that a server has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered<'a> {
    /// What was asked for. It points into the log; nothing is copied.
    pub path: &'a str,
    /// How long the answer took, in milliseconds.
    pub ms: u32,
}

/// A line that is none of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It has fewer than three fields.
    TooFew,
    /// It has more than three.
    TooMany,
    /// The third is not a number that fits into a `u32`.
    NotANumber,
}

/// The request that took longest, the first one of several; `None` where the
/// log has none.
///
/// A line is `GET /index.html 12`: method, path and milliseconds, with white
/// space in between. Lines of nothing but white space are skipped.
///
/// # Errors
/// The first line that is neither, and why. What is wrong with the number of
/// fields goes before what is wrong with a field.
pub fn slowest(log: &str) -> Result<Option<Answered<'_>>, BadLine> {
    let _ = log;
    todo!("lines, fields, the largest")
}
