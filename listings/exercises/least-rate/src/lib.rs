//! A deadline that a single byte does not move.

pub mod solution;
pub mod yours;
