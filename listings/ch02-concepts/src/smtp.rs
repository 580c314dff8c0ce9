//! An SMTP server session without I/O (2.3).
//!
//! [`Session`] is one connection as the server sees it: bytes and the time go
//! in, [`Action`]s come out. [`serve`] carries them over a socket.
//!
//! What is here of [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321): EHLO,
//! HELO, MAIL, RCPT, DATA, RSET, NOOP, VRFY, HELP and QUIT; the extensions
//! SIZE ([RFC 1870](https://www.rfc-editor.org/rfc/rfc1870)), 8BITMIME ([RFC
//! 6152](https://www.rfc-editor.org/rfc/rfc6152)) and PIPELINING ([RFC
//! 2920](https://www.rfc-editor.org/rfc/rfc2920)). What is not: STARTTLS and
//! AUTH, addresses that are not ASCII, EXPN, and the `Received:` and
//! `Return-Path:` lines (section 4.4), which who stores the mail has to add.
//!
//! Whatever the peer sends, a session holds no more than one mail of the
//! largest size, its envelope, and what one call of [`Session::receive`]
//! brought.

pub mod command;
pub mod driver;
pub mod lines;
pub mod path;
pub mod session;

pub use command::Body;
pub use driver::{Host, Side, serve};
pub use path::Mailbox;
pub use session::{Action, Config, Envelope, Message, Refusal, Session};
