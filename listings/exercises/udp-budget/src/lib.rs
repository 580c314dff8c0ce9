//! Do not amplify.

pub mod solution;
pub mod yours;
