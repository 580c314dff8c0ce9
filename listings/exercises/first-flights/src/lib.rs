//! How a page crosses a long link.

pub mod solution;
pub mod yours;
