//! A client: requests out, responses in, connections kept.
//!
//! What it decides, it decides without I/O; a driver moves the bytes, opens
//! the connections and reads the clock. A time is a
//! [`Duration`](std::time::Duration) since a moment that the driver chose, and
//! never goes back.
//!
//! | module | what it decides |
//! | --- | --- |
//! | [`request`] | what may be asked, and how that is written |
//! | [`exchange`] | one request and its response on one connection |
//! | [`redirect`] | where to go next, and what not to take there |
//! | [`pool`] | which connection to use, and which never again |
//! | [`call`] | all tries and redirects of a request together |
//! | `blocking`, `asynchronous` | nothing: they are the drivers |
//!
//! It speaks `http`. A driver takes any stream, and whoever connects it may
//! put TLS into it: see `blocking::Connect`, `asynchronous::Connect`.

#[cfg(all(unix, feature = "net"))]
pub mod asynchronous;
#[cfg(all(unix, feature = "net"))]
pub mod blocking;
pub mod call;
pub mod error;
pub mod exchange;
pub mod fields;
pub mod origin;
pub mod pool;
pub mod redirect;
pub mod request;
#[cfg(all(unix, feature = "net"))]
pub mod stage;

use std::time::Duration;

pub use error::{Error, Timeout};
pub use exchange::{Event, Exchange, ResponseHead};
pub use fields::FieldList;
pub use origin::Origin;
pub use pool::Pool;
pub use redirect::Redirects;
pub use request::{BadRequest, Request};

use crate::limits::Limits;

// ANCHOR: timers
/// How long each part of a request may take. [`Duration::MAX`] is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Until there is a connection, names looked up.
    pub connect: Duration,
    /// From the last byte of the request to the end of the response's head.
    /// That its first byte came in time does not help a server that sends one
    /// a second.
    pub answer: Duration,
    /// Between two bytes, while content is on its way, there or back.
    pub silence: Duration,
    /// All of it: waiting for a connection, every try, every redirect, to the
    /// last byte of the content.
    pub whole: Duration,
}
// ANCHOR_END: timers

impl Default for Timers {
    /// 10 s, 30 s, 10 s, 5 min.
    fn default() -> Self {
        Timers {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            silence: Duration::from_secs(10),
            whole: Duration::from_secs(300),
        }
    }
}

/// What a client allows itself and its servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// The bounds on a response, [`Limits::body`] among them.
    pub limits: Limits,
    /// The most interim responses (1xx) before the final one.
    pub interim: u32,
    /// The most redirects that are followed. 0: a redirect is the response.
    pub redirects: u32,
    /// The most content of a response that is not wanted, a redirect's, which
    /// is read only to use the connection again. In bytes.
    pub drain: u64,
    /// How long everything may take.
    pub timers: Timers,
    /// How many connections are kept, and how long.
    pub pool: pool::Bounds,
}

impl Default for Config {
    /// The defaults of [`Limits`], [`Timers`] and [`pool::Bounds`]; 8 interim
    /// responses, 10 redirects, 64 KiB drained.
    fn default() -> Self {
        Config {
            limits: Limits::default(),
            interim: 8,
            redirects: 10,
            drain: 64 << 10,
            timers: Timers::default(),
            pool: pool::Bounds::default(),
        }
    }
}
