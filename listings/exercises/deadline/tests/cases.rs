//! The cases of the exercise. No clock runs: time is passed.

use std::time::{Duration, Instant};

const S: Duration = Duration::from_secs(1);

macro_rules! limits {
    () => {
        Limits {
            idle: 60 * S,
            base: 10 * S,
            bytes_a_second: 1000,
            cap: 30 * S,
        }
    };
}

book_exercise::cases! {
    for ex_deadline;

    fn the_first_byte_ends_the_idle_time() {
        let start = Instant::now();
        let mut deadline = Deadline::new(limits!(), start);
        assert_eq!(deadline.expires(), start + 60 * S);
        deadline.received(500, start + 5 * S);
        assert_eq!(deadline.expires(), start + 15 * S + S / 2);
    }

    fn a_byte_a_second_does_not_help() {
        let start = Instant::now();
        let mut deadline = Deadline::new(limits!(), start);
        for second in 0..9 {
            deadline.received(1, start + second * S);
        }
        assert_eq!(deadline.expires(), start + 10 * S + 9 * S / 1000);
    }

    fn who_sends_much_has_more_time() {
        let start = Instant::now();
        let mut deadline = Deadline::new(limits!(), start);
        deadline.received(2000, start + S);
        deadline.received(3500, start + 2 * S);
        assert_eq!(deadline.expires(), start + S + 10 * S + 11 * S / 2);
    }

    fn but_not_for_ever() {
        let start = Instant::now();
        let mut deadline = Deadline::new(limits!(), start);
        deadline.received(1_000_000, start);
        assert_eq!(deadline.expires(), start + 30 * S);
        // A count that wraps around would be short of time again.
        deadline.received(u32::MAX, start + S);
        assert_eq!(deadline.expires(), start + 30 * S);
    }

    fn the_next_message_starts_from_nothing() {
        let start = Instant::now();
        let mut deadline = Deadline::new(limits!(), start);
        deadline.received(5000, start);
        deadline.complete(start + 2 * S);
        assert_eq!(deadline.expires(), start + 62 * S);
        deadline.received(1000, start + 20 * S);
        assert_eq!(deadline.expires(), start + 31 * S);
    }
}
