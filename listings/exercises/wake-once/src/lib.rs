//! A mailbox that wakes its owner once.

pub mod solution;
pub mod yours;
