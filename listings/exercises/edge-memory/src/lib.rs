//! Remember what an edge has said.

pub mod solution;
pub mod yours;
