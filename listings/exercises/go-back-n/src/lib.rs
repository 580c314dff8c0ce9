//! More than one packet on its way.

pub mod solution;
pub mod yours;
