//! Chapter 3.2: from `poll(2)` to a small runtime of our own.
//!
//! One protocol core, many drivers. The core reads no clock and opens no
//! socket:
//!
//! | module | what it is |
//! | --- | --- |
//! | [`machine`], [`protocol`] | what a driver and a protocol say to each other |
//! | [`table`] | what all connections have: a bounded queue, deadlines, an end |
//! | [`outgoing`] | bytes that wait to be written |
//! | [`timers`] | deadlines, the next one first |
//! | [`chat`] | a chat: lines, nicknames, rooms |
//! | [`echo`] | bytes sent back, for measuring |
//!
//! The feature `net`, on by default, adds [`drivers`], one for each way to
//! wait, a small async [`runtime`], which rings a [`bell`] when it is woken,
//! and `c10k`, which measures them all.

// By this name, so that a test can put another in its place.
#[doc(hidden)]
pub use std::sync::atomic;

pub mod bell;
#[cfg(all(feature = "net", target_os = "linux"))]
pub mod c10k;
pub mod chat;
#[cfg(feature = "net")]
pub mod drivers;
pub mod echo;
pub mod machine;
pub mod outgoing;
pub mod protocol;
#[cfg(all(feature = "net", target_os = "linux"))]
pub mod runtime;
pub mod table;
pub mod timers;
