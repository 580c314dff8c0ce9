//! A message read through one bit of answer.

pub mod solution;
pub mod yours;
