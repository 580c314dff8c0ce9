//! Find the largest packet that passes.

pub mod solution;
pub mod yours;
