//! Integers with a prefix, and a sender who does not end them.

pub mod solution;
pub mod yours;
