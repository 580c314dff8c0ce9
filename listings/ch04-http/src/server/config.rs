//! What a server grants its peers.

use std::time::Duration;

use crate::limits::Limits;

/// What a server grants a peer. Lengths are in bytes.
// ANCHOR: config
#[derive(Debug, Clone)]
pub struct Config {
    /// The bounds of a request.
    pub limits: Limits,
    /// How long a head may take, from its first byte; the first one of a
    /// connection from the moment it is accepted.
    pub head: Duration,
    /// How long a connection may be silent between two requests.
    pub idle: Duration,
    /// How long content may take beyond what [`Config::rate`] grants it.
    pub body: Duration,
    /// How many bytes of content a second a client has to send on average.
    pub rate: u32,
    /// How long a client may take nothing of what waits for it.
    pub write: Duration,
    /// How long we read on, behind the last response, so that the client
    /// gets to see it; 16 MiB at most.
    pub linger: Duration,
    /// With this much waiting to be written, no request is begun …
    pub high: u64,
    /// … before no more than this is waiting.
    pub low: u64,
    /// How much unwanted content is read past, to keep the connection.
    pub discard: u64,
    /// How many requests a connection may bring.
    pub requests: u64,
    /// Whether entries for the access log are wanted.
    pub log: bool,
    /// What time it was when the driver's clock began, since 1970.
    pub epoch: Duration,
}
// ANCHOR_END: config

impl Default for Config {
    fn default() -> Self {
        Config {
            limits: Limits::default(),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            body: Duration::from_secs(10),
            rate: 1024,
            write: Duration::from_secs(30),
            linger: Duration::from_secs(2),
            high: 64 << 10,
            low: 16 << 10,
            discard: 64 << 10,
            requests: 100_000,
            log: false,
            epoch: Duration::ZERO,
        }
    }
}
