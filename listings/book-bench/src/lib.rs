//! Compares two ways to do one thing, in one process, by ratio.
//!
//! Times of two separate runs do not compare: the clock rate, the other
//! programs and the layout of memory differ. So each round times both sides,
//! one right after the other, and what is reported is the ratio of the two
//! within a round: its median, and the quartiles, lowest and highest of all
//! rounds.
//!
//! A bench target (`harness = false`) is a list of cases:
//!
//! ```no_run
//! let numbers: Vec<u64> = (0..1000).collect();
//! let mut bench = book_bench::Bench::from_args("sum", "fold");
//! bench.case(
//!     "1000 numbers",
//!     || numbers.iter().sum(),
//!     || numbers.iter().fold(0, |sum, n| sum + n),
//! );
//! ```
//!
//! `cargo bench` measures; without the `--bench` that cargo passes then, each
//! side runs once and only its result is checked, so that a test run proves
//! that the bench still works. A word on the command line selects the cases
//! whose name contains it.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one side runs in one round.
const SLICE: Duration = Duration::from_millis(4);
/// How many rounds a case has. Odd, so that the median is a measured one.
const ROUNDS: usize = 41;

/// The cases of one bench target, measured and printed one by one.
#[derive(Debug)]
pub struct Bench {
    ours: String,
    peer: String,
    measure: bool,
    filter: Option<String>,
    header: bool,
}

impl Bench {
    /// Compares what `ours` names with what `peer` names, as the command line
    /// says.
    pub fn from_args(ours: &str, peer: &str) -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        Bench {
            ours: ours.into(),
            peer: peer.into(),
            measure: arguments.iter().any(|a| a == "--bench"),
            filter: arguments.into_iter().find(|a| !a.starts_with('-')),
            header: true,
        }
    }

    /// Measures one case and prints a line about it.
    ///
    /// Both sides return a number that depends on all of their work: a count
    /// of bytes, a checksum. A compiler cannot leave out work whose result is
    /// used, and two sides with different results did not do the same.
    ///
    /// # Panics
    /// If the results differ.
    pub fn case(
        &mut self,
        name: &str,
        mut ours: impl FnMut() -> u64,
        mut peer: impl FnMut() -> u64,
    ) {
        if self.filter.as_ref().is_some_and(|f| !name.contains(f)) {
            return;
        }
        assert_eq!(
            ours(),
            peer(),
            "{name}: the two sides do not agree on the result"
        );
        if !self.measure {
            println!("{name}: the results agree");
            return;
        }
        if std::mem::take(&mut self.header) {
            println!("{} / {}: below 1, {0} is faster", self.ours, self.peer);
            println!(
                "{:<32} {:>10} {:>10} {:>6}  {:<11}  all rounds",
                "case", "ours, ns", "peer, ns", "ratio", "half within"
            );
        }
        println!("{name:<32} {}", Summary::of(&rounds(&mut ours, &mut peer)));
    }
}

/// Nanoseconds a run in one round: ours, peer.
type Round = (f64, f64);

fn rounds(
    ours: &mut impl FnMut() -> u64,
    peer: &mut impl FnMut() -> u64,
) -> Vec<Round> {
    let (runs_ours, runs_peer) = (calibrate(ours), calibrate(peer));
    (0..ROUNDS)
        .map(|round| {
            // Whoever goes first finds the caches as the other left them:
            // take turns.
            if round % 2 == 0 {
                let ours = time(runs_ours, ours);
                (ours, time(runs_peer, peer))
            } else {
                let peer = time(runs_peer, peer);
                (time(runs_ours, ours), peer)
            }
        })
        .collect()
}

/// How many runs fill a slice, at least one.
fn calibrate(run: &mut impl FnMut() -> u64) -> u32 {
    let start = Instant::now();
    let mut runs = 0;
    while start.elapsed() < SLICE {
        black_box(run());
        runs += 1;
    }
    runs
}

/// Nanoseconds a run, over `runs` of them.
fn time(runs: u32, run: &mut impl FnMut() -> u64) -> f64 {
    let start = Instant::now();
    for _ in 0..runs {
        black_box(run());
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(runs)
}

/// What a line says about a case.
#[derive(Debug, PartialEq)]
struct Summary {
    ours: f64,
    peer: f64,
    /// Lowest, lower quartile, median, upper quartile, highest.
    ratio: [f64; 5],
}

impl Summary {
    fn of(rounds: &[Round]) -> Self {
        let sorted = |value: fn(&Round) -> f64| {
            let mut values: Vec<f64> = rounds.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let ratios = sorted(|(ours, peer)| ours / peer);
        let last = ratios.len() - 1;
        Summary {
            ours: sorted(|round| round.0)[last / 2],
            peer: sorted(|round| round.1)[last / 2],
            ratio: [0, 1, 2, 3, 4].map(|quarter| ratios[last * quarter / 4]),
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [lowest, lower, median, upper, highest] = self.ratio;
        write!(
            f,
            "{:>10.0} {:>10.0} {median:>6.2}  {lower:.2} – {upper:.2}  \
             {lowest:.2} – {highest:.2}",
            self.ours, self.peer
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bench(measure: bool, filter: Option<&str>) -> Bench {
        Bench {
            ours: "a".into(),
            peer: "b".into(),
            measure,
            filter: filter.map(String::from),
            header: true,
        }
    }

    #[test]
    fn the_ratio_is_taken_within_a_round() {
        // The machine slows down fourfold half-way: the times spread, the
        // ratio does not.
        let rounds = [(10.0, 20.0), (11.0, 22.0), (40.0, 80.0)];
        let summary = Summary::of(&rounds);
        assert_eq!(summary.ratio, [0.5; 5]);
        assert_eq!((summary.ours, summary.peer), (11.0, 22.0));
    }

    #[test]
    fn one_slow_round_shows_in_the_spread_and_not_in_the_median() {
        let mut rounds = [(10.0, 10.0); 5];
        rounds[3].0 = 90.0;
        let [lowest, _, median, _, highest] = Summary::of(&rounds).ratio;
        assert_eq!((lowest, median, highest), (1.0, 1.0, 9.0));
    }

    #[test]
    fn a_side_that_does_twice_the_work_measures_slower() {
        let work = |n: u64| (0..n).fold(1u64, |x, i| black_box(x ^ i));
        let rounds = rounds(&mut || work(4000), &mut || work(1000));
        assert!(Summary::of(&rounds).ratio[2] > 1.5);
    }

    #[test]
    #[should_panic(expected = "do not agree")]
    fn sides_with_different_results_are_refused() {
        bench(false, None).case("case", || 1, || 2);
    }

    #[test]
    fn a_filter_selects_cases_by_name() {
        let mut ran = false;
        let mut run = || {
            ran = true;
            0
        };
        bench(false, Some("lines")).case("length", &mut run, || 0);
        assert!(!ran);
    }
}
