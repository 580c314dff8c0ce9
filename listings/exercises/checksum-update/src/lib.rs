//! What a router does to a checksum.

pub mod solution;
pub mod yours;
