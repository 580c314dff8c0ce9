//! Drivers: each waits in its own way, and tells a
//! [`Machine`](crate::machine::Machine) what has come of it.
//!
//! | module | waits by |
//! | --- | --- |
//! | [`poll`] | `poll(2)`, over the whole set each time |
//! | [`epoll`] | `epoll(7)`: level, edge, one-shot |
//! | [`mio`] | mio: `epoll(7)`, kqueue, or what else the system has |
//! | [`ours`] | tasks on our own [`runtime`](crate::runtime) |
//! | [`tasks`] | tokio: a task a connection, around a shared machine |
//! | [`threads`] | two threads a connection, around a shared machine |
//! | [`uring`] | `io_uring(7)`: the kernel reads and writes |
//!
//! What several of them have in common is in [`sockets`] and [`shared`].

#[cfg(target_os = "linux")]
pub mod epoll;
pub mod mio;
#[cfg(target_os = "linux")]
pub mod ours;
pub mod poll;
#[cfg(target_os = "linux")]
pub mod ring;
pub mod shared;
pub mod sockets;
pub mod tasks;
pub mod threads;
#[cfg(target_os = "linux")]
pub mod uring;

pub use sockets::{listen, stop_on_signals};
