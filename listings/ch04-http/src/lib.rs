//! Chapter 4: HTTP, from bytes to a server.

pub mod h2;
