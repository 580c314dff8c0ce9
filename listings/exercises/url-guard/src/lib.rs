//! Fetch a stranger's URL, but not from your own network.

pub mod solution;
pub mod yours;
