//! HTTP/2 (RFC 9113) as far as one has to see it to understand it: frames,
//! field compression, and what a request may not carry.
//!
//! - [`frame`]: bytes to frames and back, with every rule that one frame
//!   alone, or its place within a field block, can break;
//! - [`hpack`]: field blocks to fields and back (RFC 7541);
//! - [`message`]: fields to a request, or the reason why they are none, and
//!   the request as HTTP/1.1;
//! - [`dissect`]: a connection's bytes, named;
//! - [`reset`]: how many resets a peer may have, over time;
//! - [`lost_segment`]: what one lost segment holds up;
//! - `serve`: both versions on one port, by hyper, and `peer`: a driver for
//!   tests and experiments, which says what it is told to say. They need the
//!   feature `net`.
//!
//! There is no server of ours. One needs the states of every stream and
//! both windows of each (RFC 9113 section 5); hyper has them.

pub mod dissect;
pub mod frame;
pub mod hpack;
pub mod lost_segment;
pub mod message;
#[cfg(feature = "net")]
pub mod peer;
pub mod reset;
#[cfg(feature = "net")]
pub mod serve;
