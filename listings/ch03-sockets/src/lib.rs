//! Chapter 3.1: the socket interface.
//!
//! The protocols of the chapter, each written once as a state machine that
//! does no I/O, and the drivers that run them on sockets. The programs in
//! `src/bin` are the steps that the pages show.
//!
//! | module | protocol | driven by |
//! | --- | --- | --- |
//! | [`frame`] | messages on a byte stream: length prefix, lines | [`blocking`], [`asynchronous`] |
//! | [`greeter`] | a greeting a line | threads |
//! | [`backoff`] | when to try again | the UDP client, the accept loop |
//! | [`udp_request`] | a question and its answer over UDP, with retries | [`udp_client`]: std and tokio |
//! | [`dns`] | DNS messages (RFC 1035) | a UDP socket |
//! | [`happy_eyeballs`] | which address to try when (RFC 8305) | threads, tokio |
//! | [`server`] | – | a server that stays up: limits, deadlines, shutdown |
//! | [`tcp_state`] | the states of a TCP connection, from `/proc/net/tcp` | the programs on options |
//!
//! The feature `net`, on by default, adds the drivers that stand on tokio and
//! on the system's sockets. A fuzzer, or a program without a system below it,
//! takes the protocols alone: `default-features = false`.

#[cfg(feature = "net")]
pub mod asynchronous;
pub mod backoff;
pub mod blocking;
pub mod dns;
pub mod frame;
pub mod greeter;
pub mod happy_eyeballs;
#[cfg(feature = "net")]
pub mod server;
pub mod tcp_state;
#[cfg(feature = "net")]
pub mod udp_client;
pub mod udp_request;
