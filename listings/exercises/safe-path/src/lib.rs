//! From a path in a URL to names of files.

pub mod solution;
pub mod yours;
