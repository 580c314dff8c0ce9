//! The size of a chunk, and nothing that looks like it.

pub mod solution;
pub mod yours;
