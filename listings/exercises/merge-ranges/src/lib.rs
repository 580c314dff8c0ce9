//! Ranges that lie close together become one.

pub mod solution;
pub mod yours;
