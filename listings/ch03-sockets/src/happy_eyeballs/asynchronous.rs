//! Drives [`HappyEyeballs`] with tokio: a future for each query, a task for
//! each attempt. Dropping the race's future ends them all.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::happy_eyeballs::{
    Action, Config, ConnectError, Family, HappyEyeballs,
};

/// Connects to the first of `addresses` that answers.
///
/// The list is in order of preference, as from [`tokio::net::lookup_host`]:
/// its first address says which family begins. There is no time limit but the
/// kernel's for each attempt: wrap the call in [`tokio::time::timeout`].
///
/// # Errors
/// When every attempt has failed.
pub async fn connect(
    addresses: &[SocketAddr],
    config: Config,
) -> Result<TcpStream, ConnectError> {
    let prefer = addresses.first().map_or(config.prefer, Family::of);
    let (v6, v4) = addresses.iter().partition(|addr| addr.is_ipv6());
    let config = Config { prefer, ..config };
    race(async { v6 }, async { v4 }, config).await
}

/// Awaits the addresses of each family and connects to the first address that
/// answers. An attempt that lost is aborted, which closes its socket.
///
/// # Errors
/// When every attempt has failed.
pub async fn race(
    v6: impl Future<Output = Vec<SocketAddr>>,
    v4: impl Future<Output = Vec<SocketAddr>>,
    config: Config,
) -> Result<TcpStream, ConnectError> {
    let start = Instant::now();
    let (mut v6, mut v4) = (pin!(v6), pin!(v4));
    let (mut await_v6, mut await_v4) = (true, true);
    let mut race = HappyEyeballs::new(config);
    let mut tasks = JoinSet::new();
    let mut aborts = Vec::new(); // by attempt
    let mut won = None;
    loop {
        let wake = match race.poll(start.elapsed()) {
            Action::Connect { id, addr } => {
                let connect =
                    async move { (id, TcpStream::connect(addr).await) };
                aborts.push(tasks.spawn(connect));
                continue;
            }
            Action::Cancel(id) => {
                aborts[id.0].abort();
                continue;
            }
            Action::Connected { .. } => {
                return Ok(won.expect("its stream was kept"));
            }
            Action::Failed(attempts) => {
                let timed_out = false;
                return Err(ConnectError {
                    attempts,
                    timed_out,
                });
            }
            Action::WaitUntil(then) => Some(start + then),
            Action::Wait => None,
        };
        tokio::select! {
            addresses = &mut v6, if await_v6 => {
                await_v6 = false;
                race.on_answer(start.elapsed(), Family::V6, addresses);
            }
            addresses = &mut v4, if await_v4 => {
                await_v4 = false;
                race.on_answer(start.elapsed(), Family::V4, addresses);
            }
            Some(Ok((id, result))) = tasks.join_next() => match result {
                Ok(stream) => {
                    won = Some(stream);
                    race.on_success(id);
                }
                Err(error) => race.on_failure(start.elapsed(), id, error),
            },
            () = sleep_until(wake.unwrap_or(start)), if wake.is_some() => {}
        }
    }
}
