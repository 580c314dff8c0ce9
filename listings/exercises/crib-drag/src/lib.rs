//! Two messages under one keystream, and a word that one of them contains.

pub mod solution;
pub mod yours;
