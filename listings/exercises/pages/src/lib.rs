//! A list handed out in pages.

pub mod solution;
pub mod yours;
