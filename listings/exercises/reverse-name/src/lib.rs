//! The name that an address has in the DNS.

pub mod solution;
pub mod yours;
