//! A thousand clients are refused at once and come back: all together, or
//! spread by jitter. Simulated time, so it takes none.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use ch02_concepts::request::retry::{Budget, Failure, Retry};
use ch03_sockets::backoff::{Backoff, jitter};

const CLIENTS: usize = 1000;
/// How many requests the server answers in each 100 ms; the rest it refuses.
const CAPACITY: usize = 100;
const TICK: Duration = Duration::from_millis(100);

/// What happened in 100 ms.
#[derive(Default, Clone, Copy)]
struct Tick {
    answered: usize,
    refused: usize,
}

// ANCHOR: simulate
/// All clients ask at time zero. Who is refused waits and asks again.
fn simulate(wait: impl Fn(Duration, u32) -> Duration) -> Vec<Tick> {
    let mut random = SplitMix(1);
    let mut ticks: Vec<Tick> = Vec::new();
    let backoff = Backoff::new(2 * TICK, 20 * TICK, 9);
    let mut backoffs = vec![backoff; CLIENTS];
    let mut requests: BinaryHeap<_> =
        (0..CLIENTS).map(|n| Reverse((Duration::ZERO, n))).collect();
    while let Some(Reverse((now, client))) = requests.pop() {
        let at = (now.as_millis() / TICK.as_millis()) as usize;
        ticks.resize(ticks.len().max(at + 1), Tick::default());
        if ticks[at].answered < CAPACITY {
            ticks[at].answered += 1;
            continue;
        }
        ticks[at].refused += 1;
        if let Some(most) = backoffs[client].try_again() {
            let again = now + wait(most, random.next());
            requests.push(Reverse((again, client)));
        }
    }
    ticks
}
// ANCHOR_END: simulate

/// How many requests reach a server that answers none of a thousand, each
/// with up to three retries.
fn outage(mut budget: Budget) -> usize {
    let mut requests = 0;
    for _ in 0..CLIENTS {
        let backoff = Backoff::new(TICK, 10 * TICK, 3);
        let mut retry = Retry::new(true, backoff, Duration::MAX);
        budget.deposit();
        let mut now = Ok(Duration::ZERO);
        while let Ok(at) = now {
            requests += 1;
            now = retry.again(Failure::NoAnswer, at, 0, &mut budget);
        }
    }
    requests
}

fn main() {
    let together = simulate(|most, _| most);
    let spread = simulate(jitter);
    println!("= 50 requests answered, x 50 refused, in 100 ms");
    println!("    ms  {:<24}full jitter", "no jitter");
    for n in 0..spread.len() {
        let bar = |ticks: &[Tick]| {
            let tick = ticks.get(n).copied().unwrap_or_default();
            let length = |n: usize| n.div_ceil(50);
            "=".repeat(length(tick.answered))
                + &"x".repeat(length(tick.refused))
        };
        let line =
            format!("{:6}  {:<24}{}", 100 * n, bar(&together), bar(&spread));
        println!("{}", line.trim_end());
    }
    for (name, ticks) in [("no jitter", together), ("full jitter", spread)] {
        let answered: usize = ticks.iter().map(|tick| tick.answered).sum();
        let refused: usize = ticks.iter().map(|tick| tick.refused).sum();
        let s = ticks.len() as f64 / 10.0;
        println!("{name}: {answered} answered in {s} s, {refused} refused");
    }
    println!("\nrequests to a dead server:");
    println!(
        "  three retries each:         {}",
        outage(Budget::new(100, 9999))
    );
    println!(
        "  and a budget of 10 percent: {}",
        outage(Budget::new(10, 10))
    );
}

/// Numbers that look random and are the same in every run: SplitMix64.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }
}
