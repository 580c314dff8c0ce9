//! When a proxy may try another server.

pub mod solution;
pub mod yours;
