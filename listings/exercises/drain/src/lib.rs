//! Take all there is, and not one byte less.

pub mod solution;
pub mod yours;
