//! Leave out the oldest message, not the newest.

pub mod solution;
pub mod yours;
