//! Yours: replace the `todo!()`.

/// What became of a request that a proxy passed on to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server could not be reached: nothing of the request was sent.
    NoConnection,
    /// The connection ended before all of a response had come.
    Closed,
    /// The server did not respond in time.
    TimedOut,
    /// It responded with this status code.
    Status(u16),
}

/// A request that a proxy has passed on, and how that went.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The request's method, as the client wrote it.
    pub method: &'a str,
    /// Whether all of the request's content can be sent again. `false`: it
    /// was passed on as it came in, and some of it is gone.
    pub content_kept: bool,
    /// Whether the client has got any octet of a response to it.
    pub response_begun: bool,
    /// Whether this was a second attempt already.
    pub was_retry: bool,
    /// How it went.
    pub outcome: Outcome,
}

/// Whether the proxy may send the request to another server.
///
/// - Never when the client has got a part of a response, nor after a second
///   attempt (RFC 9110 section 9.2.2, the last sentence).
/// - Otherwise always, if nothing was sent.
/// - If something was sent: only when all of it can be sent again, and the
///   method is idempotent: one of RFC 9110, section 9.2.2, or QUERY (RFC
///   10008). Methods are case-sensitive (RFC 9110 section 9.1).
/// - And then only when the connection ended, time ran out, or the status code
///   says that this server could not, but another may: 502, 503, 504.
pub fn may_retry(attempt: &Attempt<'_>) -> bool {
    let _ = attempt;
    todo!("decide")
}
