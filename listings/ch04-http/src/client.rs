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
pub mod config;
pub mod error;
pub mod exchange;
pub mod fields;
pub mod origin;
pub mod pool;
pub mod redirect;
pub mod request;
#[cfg(all(unix, feature = "net"))]
pub mod stage;

pub use config::{Config, Timers};
pub use error::{Error, Timeout};
pub use exchange::{Event, Exchange, ResponseHead};
pub use fields::FieldList;
pub use origin::Origin;
pub use pool::Pool;
pub use redirect::Redirects;
pub use request::{BadRequest, Request};
