//! The cases of the exercise.

use std::time::Duration;

use ch02_concepts::link::{Config, Fate, Link};

/// Two links in a row. The first is the host's own; the second is somewhere
/// on the path, and drops what is too long for it.
struct Path {
    first: Link,
    second: Link,
}

impl Path {
    fn new(mtu: usize, loss: f64, seed: u64) -> Self {
        let link = |mtu, loss| {
            let config = Config {
                mtu,
                loss,
                ..Config::default()
            };
            Link::new(config, seed).expect("a valid one")
        };
        Path {
            first: link(1500, loss),
            second: link(mtu, 0.0),
        }
    }

    fn passes(&mut self, size: usize) -> bool {
        let sent = self.first.send(Duration::ZERO, &vec![0; size]);
        let fate = sent.expect("no probe exceeds the limit").fate;
        let Some(packet) = self.first.poll(Duration::ZERO) else {
            assert!(matches!(fate, Fate::Lost { .. }));
            return false;
        };
        self.second.send(Duration::ZERO, &packet.packet).is_ok()
            && self.second.poll(Duration::ZERO).is_some()
    }
}

/// Searches a path to the end; the size found and how many probes it took.
macro_rules! search {
    ($path:expr) => {{
        let mut path: Path = $path;
        let mut search = Search::new(1200, 1500);
        let mut probes = 0;
        while let Some(size) = search.probe() {
            probes += 1;
            assert!(probes < 1000, "the search ends");
            match path.passes(size) {
                true => search.acknowledged(size),
                false => search.lost(),
            }
        }
        (search.size(), probes)
    }};
}

book_exercise::cases! {
    for ex_path_mtu;

    fn every_path_is_measured_exactly() {
        for mtu in 1200..=1500 {
            let (size, _) = search!(Path::new(mtu, 0.0, 1));
            assert_eq!(size, mtu);
        }
    }

    fn the_range_is_halved() {
        // 2⁸ < 301 sizes < 2⁹: nine steps, of three probes at most.
        for mtu in [1200, 1280, 1492, 1499, 1500] {
            let (_, probes) = search!(Path::new(mtu, 0.0, 1));
            assert!(probes <= 27, "{probes} probes for {mtu}");
        }
    }

    fn nothing_to_search_is_no_probe() {
        let search = Search::new(1500, 1500);
        assert_eq!(search.probe(), None);
        assert_eq!(search.size(), 1500);
    }

    fn a_probe_is_repeated_before_its_size_counts_as_too_large() {
        let mut search = Search::new(1200, 1500);
        let first = search.probe();
        for _ in 1..MAX_PROBES {
            search.lost();
            assert_eq!(search.probe(), first);
        }
        search.lost();
        assert!(search.probe() < first);
    }

    fn losses_of_different_sizes_do_not_add_up() {
        let mut search = Search::new(1200, 1500);
        search.lost();
        search.lost();
        search.acknowledged(search.probe().unwrap());
        let next = search.probe();
        search.lost();
        assert_eq!(search.probe(), next);
    }

    fn accidental_losses_rarely_mislead_it() {
        // One probe in twenty is lost by accident; with one try a size, a
        // quarter of the searches would end too low.
        let mut right = 0;
        for seed in 0..200 {
            let (size, _) = search!(Path::new(1400, 0.05, seed));
            assert!(size <= 1400, "never too large");
            right += u32::from(size == 1400);
        }
        assert!(right >= 190, "{right} of 200");
    }

    fn a_late_acknowledgment_reopens_the_search() {
        let mut search = Search::new(1200, 1500);
        let first = search.probe().unwrap();
        for _ in 0..MAX_PROBES {
            search.lost();
        }
        assert!(search.probe().unwrap() < first);
        search.acknowledged(first);
        assert_eq!(search.size(), first);
        assert!(search.probe().unwrap() > first);
    }

    fn a_reopened_search_goes_up_to_the_limit() {
        let mut search = Search::new(1200, 1500);
        let first = search.probe().unwrap();
        for _ in 0..MAX_PROBES {
            search.lost();
        }
        search.acknowledged(first);
        for _ in 0..20 {
            let Some(size) = search.probe() else { break };
            search.acknowledged(size);
        }
        assert_eq!(search.size(), 1500);
    }

    fn an_acknowledgment_of_less_changes_nothing() {
        let mut search = Search::new(1200, 1500);
        search.acknowledged(1400);
        search.acknowledged(1300);
        search.acknowledged(0);
        assert_eq!(search.size(), 1400);
    }

    fn an_acknowledgment_of_what_is_known_does_not_prolong_the_search() {
        let mut search = Search::new(1200, 1500);
        let first = search.probe();
        for _ in 0..MAX_PROBES {
            search.lost();
            search.acknowledged(1200);
        }
        assert!(search.probe() < first);
    }

    fn an_acknowledgment_of_the_impossible_changes_nothing() {
        let mut search = Search::new(1200, 1500);
        let probe = search.probe();
        search.acknowledged(1501);
        search.acknowledged(usize::MAX);
        assert_eq!((search.size(), search.probe()), (1200, probe));
    }

    fn a_loss_after_the_end_changes_nothing() {
        let mut search = Search::new(1500, 1500);
        search.lost();
        assert_eq!((search.size(), search.probe()), (1500, None));
    }
}
