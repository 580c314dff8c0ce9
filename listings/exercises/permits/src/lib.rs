//! Permits that come back, whatever happens.

pub mod solution;
pub mod yours;
