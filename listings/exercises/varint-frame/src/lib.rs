//! Frames behind a length of one to five bytes.

pub mod solution;
pub mod yours;
