//! A UDP header, read strictly.

pub mod solution;
pub mod yours;
