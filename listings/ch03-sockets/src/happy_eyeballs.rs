//! Happy Eyeballs (RFC 8305): which address of a name to try when.
//!
//! [`HappyEyeballs`] decides and does nothing else: it opens no socket and
//! reads no clock. A driver tells it what happened and when, calls
//! [`HappyEyeballs::poll`] and does as that says. There are two drivers,
//! [`blocking`] on threads and [`asynchronous`] on tokio.
//!
//! Times are durations since the race began.
//!
//! ```
//! use std::time::Duration;
//! use ch03_sockets::happy_eyeballs::{Action, Config, Family, HappyEyeballs};
//!
//! let mut race = HappyEyeballs::<&str>::new(Config::default());
//! let addresses = ["[2001:db8::1]:443".parse()?, "192.0.2.1:443".parse()?];
//! race.on_answers(Duration::ZERO, addresses);
//! let Action::Connect { addr, .. } = race.poll(Duration::ZERO) else {
//!     panic!("the first attempt begins at once");
//! };
//! assert_eq!(addr, addresses[0]);
//! // The second one waits for the Connection Attempt Delay.
//! let then = Action::WaitUntil(Duration::from_millis(250));
//! assert_eq!(race.poll(Duration::from_millis(10)), then);
//! # Ok::<(), std::net::AddrParseError>(())
//! ```

use std::fmt;
use std::io;
use std::net::SocketAddr;

#[cfg(feature = "net")]
pub mod asynchronous;
#[cfg(feature = "net")]
pub mod black_hole;
pub mod blocking;
pub mod race;

pub use race::{
    Action, AttemptId, Config, Family, HappyEyeballs, MAX_ADDRESSES, MAX_DELAY,
    MIN_DELAY,
};

/// Why a driver has no connection.
#[derive(Debug)]
pub struct ConnectError {
    /// The addresses that failed, in this order and for these reasons.
    pub attempts: Vec<(SocketAddr, io::Error)>,
    /// Whether the time was up while others were still being tried.
    pub timed_out: bool,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.timed_out, self.attempts.is_empty()) {
            (true, true) => f.write_str("timed out")?,
            (true, false) => f.write_str("timed out; ")?,
            (false, true) => f.write_str("no address to connect to")?,
            (false, false) => f.write_str("every address failed; ")?,
        }
        for (n, (addr, error)) in self.attempts.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            write!(f, "{comma}{addr}: {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConnectError {}
