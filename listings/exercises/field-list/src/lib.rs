//! A field's value as a list.

pub mod solution;
pub mod yours;
