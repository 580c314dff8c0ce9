//! A readiness flag between a task and a reactor on another thread.

pub mod solution;
pub mod yours;
