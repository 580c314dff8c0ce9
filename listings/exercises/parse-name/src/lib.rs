//! Read a compressed name that wants to hurt.

pub mod solution;
pub mod yours;
