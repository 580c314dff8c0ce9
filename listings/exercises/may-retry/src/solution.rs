//! One way to do it.

pub use crate::yours::{Attempt, Outcome};

/// See `yours`.
pub fn may_retry(attempt: &Attempt<'_>) -> bool {
    if attempt.response_begun || attempt.was_retry {
        return false;
    }
    let idempotent = matches!(
        attempt.method,
        "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE" | "QUERY"
    );
    let repeatable = attempt.content_kept && idempotent;
    match attempt.outcome {
        Outcome::NoConnection => true,
        Outcome::Closed | Outcome::TimedOut => repeatable,
        Outcome::Status(502..=504) => repeatable,
        Outcome::Status(_) => false,
    }
}
