//! Execute each request once, in bounded memory.

pub mod solution;
pub mod yours;
