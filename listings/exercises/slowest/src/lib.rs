//! A self-test in Rust.

pub mod solution;
pub mod yours;
