//! A deadline as poll(2) wants it.

pub mod solution;
pub mod yours;
