//! One way to do it.

use crate::{Limit, Machine, Server};

/// See `yours`.
pub fn what_stops(
    machine: &Machine,
    server: &Server,
    addresses: u64,
    ports: u64,
) -> (u64, Limit) {
    let each = machine.descriptors.saturating_sub(server.others);
    let limits = [
        (each.saturating_mul(server.processes), Limit::Descriptors),
        (fit(machine, server), Limit::Memory),
        (addresses.saturating_mul(ports), Limit::Ports),
    ];
    // Of equal ones, the first.
    limits.into_iter().min_by_key(|l| l.0).expect("three")
}

/// How many connections fit into memory.
fn fit(machine: &Machine, server: &Server) -> u64 {
    let needed = |n: u64| {
        let n = u128::from(n);
        let active = n.div_ceil(u128::from(server.one_in.max(1)));
        let idle = n * u128::from(server.idle);
        idle.saturating_add(active * u128::from(server.busy))
    };
    // The most that fit are in here: it is monotonous.
    let (mut fits, mut beyond) = (0, u64::MAX);
    let memory = u128::from(machine.memory);
    if needed(beyond) <= memory {
        return beyond;
    }
    while beyond - fits > 1 {
        let middle = fits + (beyond - fits) / 2;
        match needed(middle) <= memory {
            true => fits = middle,
            false => beyond = middle,
        }
    }
    fits
}
