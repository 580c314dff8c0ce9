//! Whether the rest of a download fits what is there.

pub mod solution;
pub mod yours;
