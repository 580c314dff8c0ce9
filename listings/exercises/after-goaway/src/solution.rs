//! One way to do it.

pub use crate::yours::{Sent, Then};

const REFUSED_STREAM: u32 = 7;

/// See `yours`.
pub fn then(request: Sent, last_stream: Option<u32>) -> Then {
    if request.answered {
        return Then::Done;
    }
    // Without GOAWAY the server may have begun with any of them (RFC 9113
    // section 6.8).
    let above = last_stream.is_some_and(|last| request.stream > last);
    let refused = request.reset == Some(REFUSED_STREAM);
    let idempotent = matches!(
        request.method,
        "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE"
    );
    if above || refused || idempotent {
        Then::Again
    } else {
        Then::Unknown
    }
}
