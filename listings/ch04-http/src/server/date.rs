//! The `Date` field's value, which is the same for a second.

use std::cell::Cell;
use std::time::{Duration, UNIX_EPOCH};

use httpdate::HttpDate;

/// `Sat, 28 Nov 2026 10:00:00 GMT`
pub type Date = [u8; 29];

thread_local! {
    /// The second that was asked for last, and its date.
    static LAST: Cell<Option<(u64, Date)>> = const { Cell::new(None) };
}

/// The date of a moment since 1970, up to the end of 9999. It is written anew
/// once a second and thread.
pub fn at(time: Duration) -> Date {
    const END: u64 = 253_402_300_799;
    let second = time.as_secs().min(END);
    match LAST.get() {
        Some((last, date)) if last == second => date,
        _ => {
            let date = format(second);
            LAST.set(Some((second, date)));
            date
        }
    }
}

fn format(second: u64) -> Date {
    let date = HttpDate::from(UNIX_EPOCH + Duration::from_secs(second));
    let text = date.to_string();
    text.as_bytes()
        .try_into()
        .expect("29 characters up to 9999")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_counts() {
        let date = |ms| at(Duration::from_millis(ms));
        assert_eq!(&date(999), b"Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(&date(1000), b"Thu, 01 Jan 1970 00:00:01 GMT");
        assert_eq!(&date(0), b"Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(&at(Duration::MAX), b"Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
