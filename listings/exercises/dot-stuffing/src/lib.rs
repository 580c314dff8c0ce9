//! Dots before dots, and off again.

pub mod solution;
pub mod yours;
