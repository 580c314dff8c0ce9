//! A server's states, none forgotten.

pub mod solution;
pub mod yours;
