//! Whose turn it is, by RFC 8305.

pub mod solution;
pub mod yours;
