//! What an address costs, in round trips.

pub mod solution;
pub mod yours;
