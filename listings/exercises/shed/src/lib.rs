//! No more requests at once than a server can bear.

pub mod solution;
pub mod yours;
