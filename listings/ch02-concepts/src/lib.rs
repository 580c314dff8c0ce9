//! Chapter 2: core concepts. The programs in `src/bin` are the steps that the
//! pages show.
//!
//! The feature `net`, on by default, adds what stands on the system's sockets
//! and on other crates' servers. A fuzzer, or a program without a system below
//! it, takes the protocols alone: `default-features = false`.

pub mod executor;
pub mod fields;
pub mod link;
pub mod oneshot;
pub mod packet;
#[cfg(feature = "net")]
pub mod ping;
pub mod request;
pub mod smtp;
pub mod timeline;
#[cfg(feature = "net")]
pub mod waiting;
#[cfg(feature = "net")]
pub mod web;
