//! Drivers: each waits in its own way, and tells a
//! [`Machine`](crate::machine::Machine) what has come of it.
//!
//! | module | waits by |
//! | --- | --- |
//! | [`poll`] | `poll(2)`, over the whole set each time |
//! | [`epoll`] | `epoll(7)`: level, edge, one-shot |
//! | [`ours`] | tasks on our own [`runtime`](crate::runtime) |

#[cfg(target_os = "linux")]
pub mod epoll;
#[cfg(target_os = "linux")]
pub mod ours;
pub mod poll;
pub mod sockets;

pub use sockets::stop_on_signals;
