//! What ten thousand idle connections cost, and what they cost the active
//! ones: measured on echo servers that wait in different ways.
//!
//! The server is a process of its own, so that its memory and its time are
//! its own, and so that each process has half of the descriptors. The client
//! is this process, on the same machine.

use std::fmt;
use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::time::Duration;

pub mod load;
pub mod measure;
pub mod place;
pub mod report;
pub mod servers;

pub use measure::{Part, Row};
pub use report::Report;
pub use servers::Way;

/// Bytes of a message.
pub const MESSAGE: usize = 32;
/// The word that makes the program the server: it is followed by the way.
pub const SERVE: &str = "--serve-way";

/// How much to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Idle connections.
    pub idle: usize,
    /// Active ones: each sends a message when the last one has come back.
    pub active: usize,
    /// How long they do so.
    pub time: Duration,
    /// Round trips of a single connection, for the price of one.
    pub events: u32,
    /// Ways to serve.
    pub ways: Vec<Way>,
}

impl Plan {
    /// In a second or two.
    pub fn small() -> Self {
        Plan {
            idle: 500,
            active: 10,
            time: Duration::from_millis(20),
            events: 100,
            ways: Way::ALL.to_vec(),
        }
    }

    /// The real thing: in a minute or two.
    pub fn large() -> Self {
        Plan {
            idle: 10_000,
            active: 100,
            time: Duration::from_secs(2),
            events: 1_000,
            ways: Way::ALL.to_vec(),
        }
    }
}

/// Why nothing was measured.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A call failed.
    Io(io::Error),
    /// There is no such way to serve.
    Way(String),
    /// The server did not start, or not as it should.
    Server(Way, String),
    /// A process may not have so many descriptors: needed, allowed.
    Descriptors(usize, u64),
    /// A file does not say what it should: what it says instead.
    Unreadable(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => error.fmt(f),
            Error::Way(name) => {
                let names = Way::ALL.map(Way::name).join(", ");
                write!(f, "{name:?} is none of {names}")
            }
            Error::Server(way, what) => write!(f, "{way}: {what}"),
            Error::Descriptors(needed, allowed) => write!(
                f,
                "each process needs {needed} descriptors and may have \
                 {allowed} (ulimit -Hn)"
            ),
            Error::Unreadable(text) => write!(f, "not understood: {text:?}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

/// Becomes the server, if the command line says so, and does not return then.
///
/// A program that calls [`run`] calls this first: `run` starts the program
/// again, as the server.
///
/// # Errors
/// When the server fails.
pub fn serve_if_asked() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(SERVE) {
        return Ok(());
    }
    let way: Way = arguments.next().unwrap_or_default().parse()?;
    // Not to stay behind when the client is killed.
    let signal = rustix::process::Signal::TERM;
    rustix::process::set_parent_process_death_signal(Some(signal))
        .map_err(io::Error::from)?;
    measure::allow_descriptors(0)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    let (_keep, stop) = UnixStream::pair()?;
    way.serve(listener, stop.into())?;
    std::process::exit(0);
}

/// Measures what `plan` says, one way after the other, and calls `progress`
/// after each.
///
/// # Errors
/// When a limit of the machine is in the way, or a server fails.
pub fn run(
    plan: &Plan,
    mut progress: impl FnMut(&Row),
) -> Result<Report, Error> {
    measure::allow_descriptors(plan.idle + plan.active)?;
    let mut report = Report::here();
    for &way in &plan.ways {
        if way.available().is_err() {
            continue;
        }
        let (row, parts) = measure::measure(way, plan)?;
        progress(&row);
        report.rows.push(row);
        report.parts.extend(parts);
    }
    Ok(report)
}
