//! Yours: replace the `todo!()`.

use crate::{Limit, Machine, Server};

/// How many connections `server` can have on `machine`, and which limit
/// forbids one more.
///
/// Each of `addresses` client addresses has `ports` ports for its side; a
/// pair of address and port is one connection, since the server has one
/// address and one port. Descriptors are a limit on each process, and the
/// connections are dealt out evenly.
///
/// With `n` connections, `n / one_in`, rounded up, are active. When several
/// limits forbid the next connection, the answer is the first of descriptors,
/// memory, ports. Numbers beyond what `u64` holds count as its largest.
///
/// # Panics
/// Never, whatever the numbers are; `one_in` of 0 counts as 1.
pub fn what_stops(
    machine: &Machine,
    server: &Server,
    addresses: u64,
    ports: u64,
) -> (u64, Limit) {
    let _ = (machine, server, addresses, ports);
    todo!("how many does each limit allow, and which is the least?")
}
