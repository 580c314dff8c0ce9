//! The path of a MAIL command.

pub mod solution;
pub mod yours;
