//! A secure channel that does no I/O: bytes in, events out.
//!
//! The handshake is the pattern XX of the [Noise Protocol
//! Framework](https://noiseprotocol.org/noise.html), revision 34, with X25519,
//! SHA-256 and either cipher of [`crate::aead`]. What follows are records: a
//! length, as [`LengthPrefixed`](ch03_sockets::frame::LengthPrefixed) writes it, and a ciphertext. To learn from;
//! use TLS.
//!
//! - Each side has a long-lived key pair, an [`Identity`], and a list of the
//!   public keys that it talks to, its pins.
//! - The number of a record is its nonce. Each direction has its own key.
//! - Whatever is changed, left out, repeated or moved is refused, and after
//!   the first error a channel does nothing any more.
//! - A peer holds at most one record of memory, 16 KiB, and before it has
//!   shown its key, 100 bytes; beyond that, what the driver appends at a time.

pub mod config;
pub mod endpoint;
pub mod error;
pub mod handshake;
pub mod identity;
pub mod record;
pub mod suite;
pub mod symmetric;

pub use config::{Config, Role};
pub use endpoint::{Channel, Event};
pub use error::{ChannelError, SendError};
pub use identity::{Identity, PublicKey};
pub use record::{MAX_MESSAGE, OVERHEAD};
pub use suite::Suite;
