//! The cases of the exercise.

use std::num::NonZeroU64;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Ten segments of 1,460 bytes: RFC 6928 §2, on Ethernet.
fn ten_segments() -> NonZeroU64 {
    NonZeroU64::new(14_600).expect("not zero")
}

book_exercise::cases! {
    for ex_first_flights;

    fn a_link_holds_what_is_sent_in_a_round_trip() {
        assert_eq!(on_their_way(100_000_000, 80 * MS), 1_000_000);
        assert_eq!(on_their_way(10_000_000, 80 * MS), 100_000);
        assert_eq!(on_their_way(10_000_000, Duration::ZERO), 0);
        assert_eq!(on_their_way(8, 3 * Duration::from_secs(1)), 3);
    }

    fn a_part_of_a_byte_is_none() {
        assert_eq!(on_their_way(15, Duration::from_secs(1)), 1);
        assert_eq!(on_their_way(1_000, MS), 0);
        // Rounded once, at the end.
        assert_eq!(on_their_way(15, 2 * Duration::from_secs(1)), 3);
    }

    fn no_link_is_too_short() {
        // A data center: 10 Gbit/s, a tenth of a millisecond; then a cable.
        let gigabits = 1_000_000_000;
        assert_eq!(on_their_way(10 * gigabits, MS / 10), 125_000);
        assert_eq!(on_their_way(10 * gigabits, Duration::from_nanos(10)), 12);
    }

    fn no_link_is_too_long() {
        assert_eq!(on_their_way(u64::MAX, Duration::MAX), u64::MAX);
        assert_eq!(on_their_way(u64::MAX, Duration::from_secs(8)), u64::MAX);
        assert_eq!(on_their_way(8, Duration::MAX), u64::MAX);
        // Too large for an `f64` to hold exactly.
        assert_eq!(on_their_way(u64::MAX, 1_000 * MS), u64::MAX / 8);
    }

    fn a_small_page_takes_one_flight() {
        assert_eq!(flights(1, ten_segments()), 1);
        assert_eq!(flights(14_600, ten_segments()), 1);
        assert_eq!(flights(14_601, ten_segments()), 2);
    }

    fn the_window_doubles() {
        assert_eq!(flights(43_800, ten_segments()), 2);
        assert_eq!(flights(43_801, ten_segments()), 3);
        assert_eq!(flights(1_000_000, ten_segments()), 7);
        assert_eq!(flights(1_000_000_000, ten_segments()), 17);
    }

    fn nothing_takes_no_flight_and_everything_an_end() {
        assert_eq!(flights(0, ten_segments()), 0);
        assert_eq!(flights(u64::MAX, NonZeroU64::MIN), 64);
        assert_eq!(flights(u64::MAX, NonZeroU64::MAX), 1);
    }
}
