//! The cases of the exercise.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

const IN: i16 = 1;
const OUT: i16 = 4;

thread_local! {
    static COMPARED: Cell<u64> = const { Cell::new(0) };
}

/// A key that counts how often it is compared.
#[derive(Debug, Clone, Copy)]
struct Counted(i32);

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        COMPARED.set(COMPARED.get() + 1);
        self.0 == other.0
    }
}

impl Eq for Counted {}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

book_exercise::cases! {
    for ex_kept_set;

    fn each_key_has_one_entry() {
        let mut set = Set::new();
        assert!(set.entries().is_empty());
        set.insert("ann", 3, IN);
        set.insert("bob", 4, IN | OUT);
        let all = set.entries().iter();
        let all = sorted(all.map(|e| (e.fd, e.events, e.revents)));
        assert_eq!(all, [(3, IN, 0), (4, IN | OUT, 0)]);
        set.entries()[0].revents = IN;
        set.entries()[1].revents = IN;
        set.insert("ann", 9, OUT);
        let all = set.entries().iter();
        let all = sorted(all.map(|e| (e.fd, e.events, e.revents)));
        assert_eq!(all, [(4, IN | OUT, IN), (9, OUT, 0)]);
    }

    fn what_is_asked_can_be_changed() {
        let mut set = Set::new();
        set.insert("ann", 3, IN);
        set.entries()[0].revents = IN;
        assert!(set.change("ann", OUT));
        assert!(!set.change("bob", OUT));
        let all = set.entries().iter();
        let all = sorted(all.map(|e| (e.fd, e.events, e.revents)));
        assert_eq!(all, [(3, OUT, IN)]);
    }

    fn an_answer_is_for_whom_it_was_asked() {
        let mut set = Set::new();
        for fd in 3..9 {
            set.insert(fd * 100, fd, IN);
        }
        for entry in set.entries().iter_mut().filter(|e| e.fd % 3 == 0) {
            entry.revents = if entry.fd == 3 { IN } else { OUT };
        }
        assert_eq!(sorted(set.ready()), [(300, IN), (600, OUT)]);
    }

    fn who_leaves_takes_nobody_along() {
        // The first, the last, one in the middle, and one after another.
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let mut set = Set::new();
            let mut here: Vec<i32> = (0..4).collect();
            for &key in &here {
                set.insert(key, key + 3, IN);
            }
            for key in order {
                assert!(set.remove(key));
                assert!(!set.remove(key), "it is gone");
                assert!(!set.change(key, OUT), "it is gone");
                here.retain(|k| *k != key);
                for entry in set.entries() {
                    entry.revents = i16::try_from(entry.fd).unwrap();
                }
                let number = |key| i16::try_from(key + 3).unwrap();
                let answers = here.iter().map(|&key| (key, number(key)));
                assert_eq!(sorted(set.ready()), sorted(answers));
                for &key in &here {
                    assert!(set.change(key, OUT));
                }
                assert!(set.entries().iter().all(|e| e.events == OUT));
            }
            assert!(set.entries().is_empty());
        }
    }

    fn an_answer_moves_with_its_entry() {
        let mut set = Set::new();
        for key in 0..3 {
            set.insert(key, key + 3, IN);
        }
        for entry in set.entries().iter_mut().filter(|e| e.fd == 5) {
            entry.revents = IN;
        }
        assert!(set.remove(0));
        assert_eq!(set.ready(), [(2, IN)]);
        set.insert(0, 3, IN);
        assert_eq!(set.ready(), [(2, IN)]);
    }

    fn a_number_may_come_back_under_another_name() {
        let mut set = Set::new();
        set.insert("ann", 3, IN);
        set.insert("bob", 4, IN);
        assert!(set.remove("ann"));
        set.insert("corro", 3, IN);
        for entry in set.entries().iter_mut().filter(|e| e.fd == 3) {
            entry.revents = IN;
        }
        assert_eq!(set.ready(), [("corro", IN)]);
    }

    fn who_leaves_moves_one_other_at_most() {
        let mut set = Set::new();
        for key in 0..100 {
            set.insert(key, key + 3, IN);
        }
        for key in [0, 50, 98] {
            let fds = |e: &Entry| e.fd;
            let before: Vec<i32> = set.entries().iter().map(fds).collect();
            assert!(set.remove(key));
            let after: Vec<i32> = set.entries().iter().map(fds).collect();
            let pairs = before.iter().zip(&after);
            let moved = pairs.filter(|(old, new)| old != new).count();
            assert!(moved <= 1, "{moved} entries have another place");
        }
    }

    fn nobody_is_searched_for_among_all() {
        // Whoever looks through all of them, for a key or for anything else,
        // takes longer than a case may.
        const GUESTS: i32 = 100_000;
        COMPARED.set(0);
        let mut set = Set::new();
        for key in 0..GUESTS {
            set.insert(Counted(key), key, IN);
        }
        for key in 0..GUESTS {
            assert!(set.change(Counted(key), OUT));
        }
        for key in 0..GUESTS {
            assert!(set.remove(Counted(key)));
        }
        let compared = COMPARED.get();
        assert!(compared < 3_000_000, "{compared} comparisons for 300,000 calls");
    }
}
