//! Chapter 2: core concepts. The programs in `src/bin` are the steps that the
//! pages show.

pub mod executor;
pub mod fields;
pub mod link;
pub mod oneshot;
pub mod packet;
pub mod request;
pub mod smtp;
pub mod timeline;
pub mod waiting;
pub mod web;
