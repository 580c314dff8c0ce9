//! Answers in the order of their requests.

pub mod solution;
pub mod yours;
