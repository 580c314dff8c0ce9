//! The cases of the exercise.

use std::time::{Duration, SystemTime};

const HOUR: Duration = Duration::from_secs(3600);

/// Sun, 06 Nov 1994 08:49:37 GMT, the RFC's example of a date.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
}

fn seconds(n: u64) -> Option<Duration> {
    Some(Duration::from_secs(n))
}

book_exercise::cases! {
    for ex_retry_after;

    fn seconds_are_waited() {
        assert_eq!(retry_after("120", now(), HOUR), seconds(120));
        assert_eq!(retry_after("0", now(), HOUR), seconds(0));
        assert_eq!(retry_after("007", now(), HOUR), seconds(7));
    }

    fn no_server_makes_the_client_wait_for_ever() {
        for long in ["3601", "86400", "18446744073709551615"] {
            assert_eq!(retry_after(long, now(), HOUR), Some(HOUR), "{long}");
        }
    }

    fn a_number_that_does_not_fit_is_a_large_number() {
        let digits = "9".repeat(1000);
        assert_eq!(retry_after(&digits, now(), HOUR), Some(HOUR));
    }

    fn a_date_is_waited_for_in_all_three_formats() {
        for date in [
            "Sun, 06 Nov 1994 08:50:37 GMT",
            "Sunday, 06-Nov-94 08:50:37 GMT",
            "Sun Nov  6 08:50:37 1994",
        ] {
            assert_eq!(retry_after(date, now(), HOUR), seconds(60), "{date}");
        }
    }

    fn a_date_that_is_over_means_now() {
        let past = "Fri, 31 Dec 1993 23:59:59 GMT";
        assert_eq!(retry_after(past, now(), HOUR), seconds(0));
    }

    fn a_date_far_away_is_bounded() {
        let far = "Fri, 31 Dec 1999 23:59:59 GMT";
        assert_eq!(retry_after(far, now(), HOUR), Some(HOUR));
    }

    fn anything_else_is_no_answer() {
        for value in [
            "", "-1", "+5", "1.5", "5s", "1e3", "0x10", " 5", "five", "5, 6",
            "\u{0665}", "Sun, 32 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(retry_after(value, now(), HOUR), None, "{value:?}");
        }
    }
}
