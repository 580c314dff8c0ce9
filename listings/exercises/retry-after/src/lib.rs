//! How long a server asks to wait.

pub mod solution;
pub mod yours;
