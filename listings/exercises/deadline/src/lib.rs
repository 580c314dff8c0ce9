//! A deadline for large messages.

pub mod solution;
pub mod yours;
