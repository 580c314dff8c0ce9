//! Requests that may be sent twice: ids, retries, idempotency keys (2.5).
//!
//! A client that gets no answer does not know whether its request was carried
//! out. These are the two halves of a cure. Neither does I/O, reads a clock or
//! draws a random number: the caller passes what it needs. A time is a
//! [`Duration`](std::time::Duration) since a moment the caller chose; it never
//! goes back.
//!
//! | side | item | what it decides |
//! | --- | --- | --- |
//! | client | [`verdict`](retry::verdict) | whether once more can do harm |
//! | client | [`Retry`](retry::Retry), [`Budget`](retry::Budget) | when to try again, and when no longer |
//! | server | [`Idempotency`](keys::Idempotency) | whether to execute a request or to repeat its answer |
//!
//! What a key looks like on the wire, and the status codes, are those of the
//! Internet-Draft [The Idempotency-Key HTTP Header Field][draft], version 07.
//! It is a draft: it may change, or come to nothing.
//!
//! [draft]: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07

pub mod keys;
pub mod retry;
