//! Messages of a fixed length, read by futures that may be dropped.

pub mod solution;
pub mod yours;
