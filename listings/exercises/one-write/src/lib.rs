//! One message, one write.

pub mod solution;
pub mod yours;
