//! Drives [`HappyEyeballs`] with a thread for each query and attempt.
//!
//! A thread that is stuck in `connect` cannot be called off. So a loser runs
//! on until it connects, and closes the connection at once, or until the
//! race's own time would have been up.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::happy_eyeballs::{
    Action, AttemptId, Config, ConnectError, Family, HappyEyeballs,
};

/// What the threads report.
enum Event {
    Answer(Family, Vec<SocketAddr>),
    Attempt(AttemptId, io::Result<TcpStream>),
}

/// Connects to the first of `addresses` that answers, within `timeout`.
///
/// The list is in order of preference, as from
/// [`ToSocketAddrs`](std::net::ToSocketAddrs): its first address says which
/// family begins.
///
/// # Errors
/// When every attempt has failed, or the time is up.
pub fn connect(
    addresses: &[SocketAddr],
    config: Config,
    timeout: Duration,
) -> Result<TcpStream, ConnectError> {
    let prefer = addresses.first().map_or(config.prefer, Family::of);
    let (v6, v4) = addresses.iter().partition(|addr| addr.is_ipv6());
    let config = Config { prefer, ..config };
    race(move || v6, move || v4, config, timeout)
}

/// Looks up the addresses of each family on a thread of its own and connects
/// to the first address that answers, within `timeout`.
///
/// # Errors
/// When every attempt has failed, or the time is up.
pub fn race(
    v6: impl FnOnce() -> Vec<SocketAddr> + Send + 'static,
    v4: impl FnOnce() -> Vec<SocketAddr> + Send + 'static,
    config: Config,
    timeout: Duration,
) -> Result<TcpStream, ConnectError> {
    let start = Instant::now();
    let (events, happened) = mpsc::channel();
    spawn(&events, move || Event::Answer(Family::V6, v6()));
    spawn(&events, move || Event::Answer(Family::V4, v4()));
    let mut race = HappyEyeballs::new(config);
    let mut streams = Vec::new();
    loop {
        let now = start.elapsed();
        let wake = match race.poll(now) {
            Action::Connect { id, addr } => {
                // A zero timeout would be refused as an argument.
                let left = timeout.saturating_sub(now);
                let left = left.max(Duration::from_millis(1));
                spawn(&events, move || {
                    let stream = TcpStream::connect_timeout(&addr, left);
                    Event::Attempt(id, stream)
                });
                continue;
            }
            Action::Cancel(_) => continue, // nobody will take its stream
            Action::Connected { id, .. } => {
                let won = streams.into_iter().find(|(of, _)| *of == id);
                return Ok(won.expect("its stream was kept").1);
            }
            Action::Failed(attempts) => {
                let timed_out = false;
                return Err(ConnectError {
                    attempts,
                    timed_out,
                });
            }
            Action::WaitUntil(then) => then.min(timeout),
            Action::Wait => timeout,
        };
        match happened.recv_timeout(wake.saturating_sub(now)) {
            Ok(Event::Answer(family, addresses)) => {
                race.on_answer(start.elapsed(), family, addresses);
            }
            Ok(Event::Attempt(id, Ok(stream))) => {
                streams.push((id, stream));
                race.on_success(id);
            }
            Ok(Event::Attempt(id, Err(error))) => {
                race.on_failure(start.elapsed(), id, error);
            }
            Err(_) if start.elapsed() >= timeout => {
                return Err(race.give_up());
            }
            Err(_) => {} // an attempt is due
        }
    }
}

/// Runs `work` on a thread and sends what it returns. When the race is over,
/// nobody receives it, and a stream in it is closed.
fn spawn(
    events: &Sender<Event>,
    work: impl FnOnce() -> Event + Send + 'static,
) {
    let events = events.clone();
    thread::spawn(move || {
        let _ = events.send(work());
    });
}
