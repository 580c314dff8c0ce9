//! The cases of the exercise.

use ex_resume_download::yours::{Action, Partial, Reply, Unfit};

const PARTIAL: Partial<'static> = Partial {
    have: 600,
    tag: "\"v1\"",
};

fn reply(code: u16, range: &str) -> Reply<'_> {
    Reply {
        code,
        content_range: (!range.is_empty()).then_some(range),
        tag: Some("\"v1\""),
    }
}

book_exercise::cases! {
    for ex_resume_download;

    fn the_rest_is_appended() {
        let rest = reply(206, "bytes 600-999/1000");
        assert_eq!(decide(PARTIAL, rest), Ok(Action::Append(1000)));
    }

    fn a_part_of_the_rest_is_appended() {
        for range in ["bytes 600-600/1000", "bytes 600-600/*"] {
            let part = reply(206, range);
            assert_eq!(decide(PARTIAL, part), Ok(Action::Append(601)));
        }
    }

    fn everything_replaces_what_is_there() {
        let mut all = reply(200, "");
        assert_eq!(decide(PARTIAL, all), Ok(Action::Replace));
        all.tag = None;
        assert_eq!(decide(PARTIAL, all), Ok(Action::Replace));
    }

    fn one_byte_off_is_not_the_rest() {
        for first in [0, 599, 601] {
            let range = format!("bytes {first}-999/1000");
            let off = reply(206, &range);
            assert_eq!(decide(PARTIAL, off), Err(Unfit::Elsewhere));
        }
    }

    fn a_part_of_something_else() {
        for tag in [Some("\"v2\""), Some("W/\"v1\""), Some("v1"), None] {
            let other = Reply {
                tag,
                ..reply(206, "bytes 600-999/1000")
            };
            assert_eq!(decide(PARTIAL, other), Err(Unfit::Changed));
        }
    }

    fn ranges_that_make_no_sense() {
        for range in [
            "",
            "bytes",
            "bytes 600-999",
            "bytes 600-/1000",
            "bytes -999/1000",
            "bytes */1000",
            "bytes 600-599/1000",
            "bytes 600-1000/1000",
            "bytes 600-999/",
            "bytes +600-999/1000",
            "bytes 600-+999/1000",
            "bytes 600-999/+1000",
            "bytes 600-18446744073709551615/*",
            "bytes 600-99999999999999999999/*",
            "lines 600-999/1000",
        ] {
            let bad = reply(206, range);
            assert_eq!(decide(PARTIAL, bad), Err(Unfit::Range), "{range}");
        }
    }

    fn nothing_is_missing() {
        let end = reply(416, "bytes */600");
        assert_eq!(decide(PARTIAL, end), Ok(Action::Done));
    }

    fn it_has_become_shorter() {
        for range in ["bytes */599", "bytes */0", "bytes */*", "bytes */+600",
            ""]
        {
            let end = reply(416, range);
            assert_eq!(decide(PARTIAL, end), Ok(Action::AskAnew), "{range}");
        }
    }

    fn other_codes() {
        for code in [204, 304, 404, 500] {
            let other = reply(code, "bytes 600-999/1000");
            assert_eq!(decide(PARTIAL, other), Err(Unfit::Code(code)));
        }
    }
}
