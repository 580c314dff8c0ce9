//! Records that may arrive out of order, each once.

pub mod solution;
pub mod yours;
