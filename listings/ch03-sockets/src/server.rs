//! A server that stays up: limits, deadlines, shutdown.
//!
//! [`policy`] decides and does no I/O: what an accept error means, when a
//! connection has had its time, who may have another connection, what is
//! written in the log. [`threads`] and [`tasks`] do what it decides, with a
//! thread or a tokio task for each connection. Both serve any
//! [`Codec`](crate::frame::Codec), over TCP or a Unix-domain socket:
//!
//! ```no_run
//! use std::net::TcpListener;
//! use std::os::unix::net::UnixStream;
//!
//! use ch03_sockets::frame::Lines;
//! use ch03_sockets::server::{Config, threads};
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! // Dropping `trigger`, or writing a byte to it, stops the server.
//! let (trigger, stop) = UnixStream::pair()?;
//! # drop(trigger);
//! let report = threads::run(
//!     listener,
//!     stop,
//!     Config::default(),
//!     Lines::new(1024),
//!     |_peer, line| line.to_ascii_uppercase(),
//! )?;
//! println!("{report}");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Memory
//! A connection holds at most one frame of the codec's limit, one chunk of
//! 8 KiB and one answer; [`Config::max_connections`] bounds how many do.
//! Buffers grow by doubling, so count twice the sum.

pub mod policy;
pub mod system;
pub mod tasks;
pub mod threads;

pub use policy::*;
