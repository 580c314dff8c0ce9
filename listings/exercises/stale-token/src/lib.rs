//! Tokens that do not find the wrong connection.

pub mod solution;
pub mod yours;
