//! A server's side of a connection, without I/O.
//!
//! | module | what it knows |
//! | --- | --- |
//! | [`session`] | one connection: requests in order, deadlines, how to end |
//! | [`response`] | what a handler answers |
//! | [`router`] | which handler is asked |
//! | [`out`] | what waits to be written |
//! | [`access`] | the line in the log |
//! | [`gate`] | how many connections there may be, in all and of one address |
//!
//! A driver has the sockets and the clock; see
//! [`drivers`](crate::drivers).

pub mod access;
pub mod config;
pub mod date;
pub mod gate;
pub mod out;
pub mod response;
pub mod router;
pub mod service;
pub mod session;

pub use config::Config;
pub use service::Service;
