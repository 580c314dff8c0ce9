//! Serve many pipes from one poll loop.

pub mod solution;
pub mod yours;
