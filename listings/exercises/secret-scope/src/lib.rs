//! Which secret goes with a URL.

pub mod solution;
pub mod yours;
