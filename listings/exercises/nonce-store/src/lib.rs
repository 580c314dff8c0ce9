//! Nonces that survive a restart.

pub mod solution;
pub mod yours;
