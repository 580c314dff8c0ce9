//! Whose answer is it?

pub mod solution;
pub mod yours;
