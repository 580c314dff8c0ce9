//! One signal that any number of tasks await.

pub mod solution;
pub mod yours;
