//! Which of our formats a client likes best.

pub mod solution;
pub mod yours;
