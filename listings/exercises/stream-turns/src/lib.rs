//! Which stream of a connection sends next, and how much.

pub mod solution;
pub mod yours;
