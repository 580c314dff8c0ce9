//! A peer that asks faster than it reads: when it is read from, with two
//! water marks and with one.

use std::io::IoSlice;
use std::net::SocketAddr;
use std::time::Duration;

use ch03_multiplexing::machine::Next;
use ch03_multiplexing::table::{Limits, Table};

// ANCHOR: peer
/// Each millisecond the peer asks four questions, if the server reads them,
/// and its network takes 2 KiB. An answer has 1 KiB. Returns how often the
/// driver has to tell the kernel that it waits for something else.
fn run(high: usize, low: usize, show: bool) -> usize {
    let mut table = Table::<()>::new(Limits {
        high,
        low,
        ..Limits::default()
    });
    let peer = SocketAddr::from(([127, 0, 0, 1], 7));
    let id = table.connect(peer, Duration::ZERO).expect("there is room");
    let answer = [b'x'; 1024];
    let (mut reads, mut changes) = (true, 0);
    for ms in 0..28 {
        let now = Duration::from_millis(ms);
        for _ in 0..4 {
            if !table.paused(id) {
                table.answer(id, &answer, now);
            }
        }
        changes += settle(&mut table, &mut reads);
        if show {
            let bar = "#".repeat(table.waiting(id) / 1024);
            let read = if reads { "read" } else { "" };
            println!("{ms:2} ms  {read:4}  {bar}");
        }
        let mut slices = [IoSlice::new(&[])];
        table.slices(id, &mut slices);
        table.sent(id, slices[0].len().min(2048), now);
        changes += settle(&mut table, &mut reads);
    }
    changes
}
// ANCHOR_END: peer

/// Does what a driver does after each step. Returns 1 for a change.
fn settle(table: &mut Table<()>, reads: &mut bool) -> usize {
    match table.changed() {
        Some((_, Next::Wait(interest))) if interest.read != *reads => {
            *reads = interest.read;
            1
        }
        _ => 0,
    }
}

fn main() {
    const KIB: usize = 1024;
    let changes = run(16 * KIB, 4 * KIB, true);
    println!("marks at 16 and 4 KiB: {changes} changes in 28 ms");
    let changes = run(16 * KIB, 16 * KIB, false);
    println!("both at 16 KiB: {changes} changes in 28 ms");
}
