//! One cookie, if there is one.

pub mod solution;
pub mod yours;
