//! Requests that may be sent twice: ids, retries, idempotency keys (2.5).
