//! Whose hardware address to ask for.

pub mod solution;
pub mod yours;
