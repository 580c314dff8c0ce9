//! Webhooks: who sent this, and when?

pub mod solution;
pub mod yours;
