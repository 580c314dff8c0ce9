//! Chunks and trailer fields, written.

pub mod solution;
pub mod yours;
