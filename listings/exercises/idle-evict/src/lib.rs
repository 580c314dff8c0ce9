//! Idle connections, bounded in number and time.

pub mod solution;
pub mod yours;
