//! Drivers: each waits in its own way, and tells a
//! [`Machine`](crate::machine::Machine) what has come of it.
//!
//! | module | waits by |
//! | --- | --- |
//! | [`poll`] | `poll(2)`, over the whole set each time |
//! | [`epoll`] | `epoll(7)`: level, edge, one-shot |
//! | [`uring`] | `io_uring(7)`: the kernel reads and writes |

#[cfg(target_os = "linux")]
pub mod epoll;
pub mod poll;
#[cfg(target_os = "linux")]
pub mod ring;
pub mod sockets;
#[cfg(target_os = "linux")]
pub mod uring;

pub use sockets::stop_on_signals;
