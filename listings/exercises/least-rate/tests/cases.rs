//! The cases of the exercise.

use std::time::Duration;

const S: Duration = Duration::from_secs(1);

book_exercise::cases! {
    for ex_least_rate;

    fn nobody_is_hurried_while_nothing_waits() {
        let mut pace = Pace::new(1000, 10 * S);
        assert_eq!(pace.deadline(), None);
        pace.waits(5 * S);
        pace.done();
        assert_eq!(pace.deadline(), None);
    }

    fn a_byte_a_second_does_not_move_the_deadline() {
        let mut pace = Pace::new(1000, 10 * S);
        pace.waits(5 * S);
        for second in 6..15 {
            pace.took(1, second * S);
            assert_eq!(pace.deadline(), Some(15 * S));
        }
    }

    fn enough_bytes_do_in_however_many_pieces() {
        let mut pace = Pace::new(1000, 10 * S);
        pace.waits(Duration::ZERO);
        pace.took(600, 3 * S);
        assert_eq!(pace.deadline(), Some(10 * S));
        pace.took(400, 4 * S);
        assert_eq!(pace.deadline(), Some(14 * S));
        // Those were counted once.
        pace.took(999, 5 * S);
        assert_eq!(pace.deadline(), Some(14 * S));
    }

    fn what_was_more_than_enough_is_not_saved_up() {
        let mut pace = Pace::new(1000, 10 * S);
        pace.waits(Duration::ZERO);
        pace.took(1900, 3 * S);
        assert_eq!(pace.deadline(), Some(13 * S));
        pace.took(100, 4 * S);
        assert_eq!(pace.deadline(), Some(13 * S));
        pace.took(900, 5 * S);
        assert_eq!(pace.deadline(), Some(15 * S));
    }

    fn more_to_write_is_no_excuse() {
        let mut pace = Pace::new(1000, 10 * S);
        pace.waits(Duration::ZERO);
        pace.took(999, 3 * S);
        pace.waits(9 * S);
        assert_eq!(pace.deadline(), Some(10 * S));
    }

    fn who_had_taken_everything_begins_anew() {
        let mut pace = Pace::new(1000, 10 * S);
        pace.waits(Duration::ZERO);
        pace.took(999, 3 * S);
        pace.done();
        pace.waits(60 * S);
        pace.took(1, 61 * S);
        assert_eq!(pace.deadline(), Some(70 * S));
    }
}
