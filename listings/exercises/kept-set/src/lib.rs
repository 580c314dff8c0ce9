//! A set for poll(2) that is kept from call to call.

pub mod solution;
pub mod yours;
