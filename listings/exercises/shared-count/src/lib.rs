//! One count for all threads.

pub mod solution;
pub mod yours;
