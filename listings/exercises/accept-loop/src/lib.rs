//! An accept loop that neither ends nor spins.

pub mod solution;
pub mod yours;
