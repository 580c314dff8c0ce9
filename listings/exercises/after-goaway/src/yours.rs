//! Yours: replace the `todo!()`.

/// A request that has been sent on the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its stream.
    pub stream: u32,
    /// Its method.
    pub method: &'static str,
    /// Whether its response has come to its end.
    pub answered: bool,
    /// The error code with which its stream was reset, if it was.
    pub reset: Option<u32>,
}

/// What to do about it, now that the connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing: it has its response.
    Done,
    /// Send it again, on another connection.
    Again,
    /// Tell who wanted it that it may have been carried out, or not.
    Unknown,
}

/// What to do about a request on a connection that is closed. `last_stream`
/// is that of the last GOAWAY, or `None` if there was none.
///
/// It may be sent again if the server has not begun with it: its stream is
/// above that of GOAWAY, or was reset with REFUSED_STREAM (7). It may also be
/// sent again if to do it twice is as good as once: its method is idempotent
/// (RFC 9110 section 9.2.2). Methods are case-sensitive.
pub fn then(request: Sent, last_stream: Option<u32>) -> Then {
    let _ = (request, last_stream);
    todo!("answered? begun? idempotent?")
}
