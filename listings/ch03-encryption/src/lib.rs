//! Chapter 3.3: symmetric encryption, from XOR to a secure channel.
//!
//! To learn from, not to ship: whoever needs a secure connection uses TLS.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`hex`] | bytes as the RFCs print them |
//! | [`xor`] | a repeating key, and how it is found |
//! | [`modes`] | a block cipher on many blocks: ECB and CBC |
//! | [`picture`] | the picture that ECB does not hide |
//! | [`aead`] | AES-256-GCM and ChaCha20-Poly1305 behind one trait |
//! | [`rust_crypto`], `with_ring` | the two libraries that compute them (`with_ring`: feature `ring`) |
//! | [`nonce`] | nonces that are used once |
//! | [`gf128`] | the field that GCM computes its tags in |
//! | [`forgery`] | what a repeated nonce gives away |
//! | [`channel`] | a secure channel without I/O: Noise XX and records |
//! | `blocking`, `asynchronous` | its drivers (feature `net`) |
//!
//! The feature `net`, on by default, adds the drivers and the pictures'
//! files; `ring` adds a second implementation of the ciphers. Without both,
//! `default-features = false`, everything is Rust and nothing needs a system.

pub mod aead;
#[cfg(feature = "net")]
pub mod asynchronous;
#[cfg(feature = "net")]
pub mod blocking;
pub mod channel;
pub mod forgery;
pub mod gf128;
pub mod hex;
pub mod modes;
pub mod nonce;
pub mod picture;
pub mod rust_crypto;
#[cfg(feature = "ring")]
pub mod with_ring;
pub mod xor;
