//! The cases of the exercise.

use ex_length_judge::Framing::{Chunked, Length};
use ex_length_judge::Refused;

book_exercise::cases! {
    for ex_length_judge;

    fn neither_is_no_content() {
        assert_eq!(judge(&[]), Ok(Length(0)));
        assert_eq!(judge(&[("Host", "x"), ("TE", "chunked")]), Ok(Length(0)));
    }

    fn one_length_counts() {
        let host = ("Host", "x");
        assert_eq!(judge(&[host, ("Content-Length", "5")]), Ok(Length(5)));
        assert_eq!(judge(&[("content-LENGTH", "05"), host]), Ok(Length(5)));
        let largest = u64::MAX.to_string();
        assert_eq!(
            judge(&[("Content-Length", &largest)]),
            Ok(Length(u64::MAX))
        );
    }

    fn what_is_no_number_does_not() {
        for value in [
            "", "+5", "-5", "0x5", "5 5", "5,5", "5, 5", "5.0", "\u{665}",
            "five", "18446744073709551616",
        ] {
            let found = judge(&[("Content-Length", value)]);
            assert_eq!(found, Err(Refused::Length), "{value:?}");
        }
    }

    fn two_lengths_are_one_too_many() {
        for second in ["5", "6", "x"] {
            let fields = [("Content-Length", "5"), ("content-length", second)];
            assert_eq!(judge(&fields), Err(Refused::Length), "{second:?}");
        }
    }

    fn chunked_is_the_only_coding() {
        for value in ["chunked", "CHUNKED"] {
            let found = judge(&[("Transfer-Encoding", value)]);
            assert_eq!(found, Ok(Chunked), "{value:?}");
        }
        for value in [
            "", "xchunked", "identity", "gzip, chunked", "chunked, chunked",
            "chunked;a=b", "chunked,", "\"chunked\"", "chun\u{212a}ed",
        ] {
            let found = judge(&[("Transfer-Encoding", value)]);
            assert_eq!(found, Err(Refused::Coding), "{value:?}");
        }
    }

    fn two_lines_of_codings_are_a_list() {
        for (first, second) in [
            ("chunked", "identity"),
            ("identity", "chunked"),
            ("chunked", "chunked"),
            ("", "chunked"),
        ] {
            let fields =
                [("Transfer-Encoding", first), ("transfer-encoding", second)];
            assert_eq!(judge(&fields), Err(Refused::Coding));
        }
    }

    fn both_are_refused_whatever_they_say() {
        for (length, coding) in
            [("5", "chunked"), ("0", "chunked"), ("x", "y"), ("5", "identity")]
        {
            let length = ("Content-Length", length);
            let coding = ("Transfer-Encoding", coding);
            assert_eq!(judge(&[length, coding]), Err(Refused::Both));
            assert_eq!(judge(&[coding, length]), Err(Refused::Both));
            assert_eq!(judge(&[length, coding, length]), Err(Refused::Both));
        }
    }
}
