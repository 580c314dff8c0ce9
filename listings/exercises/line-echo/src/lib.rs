//! Answer each message, not each read.

pub mod solution;
pub mod yours;
