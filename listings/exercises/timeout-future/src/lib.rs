//! A future that gives up at a deadline.

pub mod solution;
pub mod yours;
