//! The cases of the exercise.

use std::time::Duration;

const MS: Duration = Duration::from_millis(1);
const NS: Duration = Duration::from_nanos(1);

book_exercise::cases! {
    for ex_poll_timeout;

    fn no_deadline_is_no_limit() {
        assert_eq!(timeout(None, Duration::ZERO), -1);
        assert_eq!(timeout(None, 5 * MS), -1);
    }

    fn a_deadline_that_has_come_is_not_slept_for() {
        assert_eq!(timeout(Some(5 * MS), 5 * MS), 0);
        assert_eq!(timeout(Some(5 * MS), 9 * MS), 0);
        assert_eq!(timeout(Some(Duration::ZERO), Duration::MAX), 0);
    }

    fn whole_milliseconds_stay_what_they_are() {
        assert_eq!(timeout(Some(8 * MS), 5 * MS), 3);
        assert_eq!(timeout(Some(600_000 * MS), Duration::ZERO), 600_000);
    }

    fn a_part_of_one_is_one() {
        assert_eq!(timeout(Some(5 * MS + NS), 5 * MS), 1);
        assert_eq!(timeout(Some(8 * MS - NS), 5 * MS), 3);
        assert_eq!(timeout(Some(8 * MS + NS), 5 * MS), 4);
    }

    fn the_loop_wakes_once() {
        // A kernel that sleeps for as long as it was told, to the nanosecond.
        for nanos in [1, 999_999, 1_000_000, 1_000_001, 123_456_789] {
            let deadline = Duration::from_nanos(nanos);
            let (mut now, mut sleeps) = (Duration::ZERO, 0);
            while now < deadline {
                let wait = timeout(Some(deadline), now);
                assert!(wait > 0, "it spins, {:?} early", deadline - now);
                now += MS * u32::try_from(wait).expect("above 0");
                sleeps += 1;
            }
            assert_eq!(sleeps, 1, "{deadline:?}");
        }
    }

    fn longer_than_fits_is_the_longest() {
        let most = MS * u32::try_from(i32::MAX).expect("positive");
        assert_eq!(timeout(Some(most), Duration::ZERO), i32::MAX);
        assert_eq!(timeout(Some(most + NS), Duration::ZERO), i32::MAX);
        assert_eq!(timeout(Some(2 * most), Duration::ZERO), i32::MAX);
        assert_eq!(timeout(Some(Duration::MAX), Duration::ZERO), i32::MAX);
    }
}
