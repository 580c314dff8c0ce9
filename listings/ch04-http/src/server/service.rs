//! What is behind a server.

use std::net::SocketAddr;

use crate::head::Request;
use crate::server::response::Answer;

/// Answers requests: what is behind a server.
// ANCHOR: service
pub trait Service: Send + Sync + 'static {
    /// Looks at the head of a request and decides. It is called in the loop
    /// that serves all connections: it must not wait.
    fn begin(&self, request: &Request<'_>, peer: SocketAddr) -> Answer;
}
// ANCHOR_END: service

impl<F> Service for F
where
    F: Fn(&Request<'_>, SocketAddr) -> Answer + Send + Sync + 'static,
{
    fn begin(&self, request: &Request<'_>, peer: SocketAddr) -> Answer {
        self(request, peer)
    }
}
