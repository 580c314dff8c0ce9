//! Netstrings, decoded strictly.

pub mod solution;
pub mod yours;
