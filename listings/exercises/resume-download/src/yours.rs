//! Yours: replace the `todo!()`.

/// What there is of a download. Its rest was asked for by `Range: bytes=HAVE-`
/// and `If-Range: TAG`.
#[derive(Debug, Clone, Copy)]
pub struct Partial<'a> {
    /// How many bytes are there.
    pub have: u64,
    /// The strong tag they came with.
    pub tag: &'a str,
}

/// What the server answers.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The status code.
    pub code: u16,
    /// The value of `Content-Range`, if it is there.
    pub content_range: Option<&'a str>,
    /// The value of `ETag`, if it is there.
    pub tag: Option<&'a str>,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Write the content behind what is there. There will be so many bytes
    /// then.
    Append(u64),
    /// Forget what is there, and write the content in its place.
    Replace,
    /// Nothing is missing.
    Done,
    /// Forget what is there, and ask for everything.
    AskAnew,
}

/// Why the answer is of no use.
#[derive(Debug, PartialEq, Eq)]
pub enum Unfit {
    /// `Content-Range` is missing or makes no sense.
    Range,
    /// The bytes do not begin where ours end.
    Elsewhere,
    /// It is part of something else than what we have.
    Changed,
    /// A status code with which there is nothing to do.
    Code(u16),
}

/// Decides, by 200, 206 and 416 (RFC 9110, sections 15.3.7 and 15.5.17).
///
/// 206 has to say `bytes FIRST-LAST/LENGTH`, where LENGTH may be `*`. It may
/// bring less than was asked for, but not from another place, and its tag has
/// to be ours. 416 says `bytes */LENGTH`; if that is as much as there is,
/// nothing is missing. Numbers are digits alone.
///
/// # Errors
/// See [`Unfit`]. With 206, what cannot be read is reported first, then
/// what was changed, then where it begins.
pub fn decide(partial: Partial<'_>, reply: Reply<'_>) -> Result<Action, Unfit> {
    let _ = (partial, reply);
    todo!("append only what is the rest of just this")
}
