//! Merge two sources and starve neither.

pub mod solution;
pub mod yours;
