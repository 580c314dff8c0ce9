//! Which packet answers your ping?

pub mod solution;
pub mod yours;
