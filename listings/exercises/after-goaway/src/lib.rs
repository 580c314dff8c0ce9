//! Which requests may be sent again when a connection goes away.

pub mod solution;
pub mod yours;
