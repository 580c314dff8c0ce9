//! An update that does not undo another.

pub mod solution;
pub mod yours;
