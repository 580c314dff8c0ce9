//! Wait for two futures at once.

pub mod solution;
pub mod yours;
