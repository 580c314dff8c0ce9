//! The cases of the exercise.

use ex_slowest::yours::{Answered, BadLine, Problem};

book_exercise::cases! {
    for ex_slowest;

    fn the_slowest_is_found() {
        let log = "GET / 3\nGET /map 250\nPOST /login 80\n";
        let found = Answered { path: "/map", ms: 250 };
        assert_eq!(slowest(log), Ok(Some(found)));
    }

    fn the_first_of_several_wins() {
        let found = Answered { path: "/a", ms: 5 };
        assert_eq!(slowest("GET /a 5\nGET /b 5"), Ok(Some(found)));
    }

    fn white_space_is_of_any_kind_and_length() {
        let found = Answered { path: "/map", ms: 250 };
        let log = "GET / 3\r\n\tGET \t /map   250 \r\n";
        assert_eq!(slowest(log), Ok(Some(found)));
    }

    fn no_time_at_all_is_a_time() {
        let found = Answered { path: "/a", ms: 0 };
        assert_eq!(slowest("GET /a 0\nGET /b 0"), Ok(Some(found)));
    }

    fn nothing_is_no_error() {
        assert_eq!(slowest(""), Ok(None));
        assert_eq!(slowest("\n  \r\n\t\n"), Ok(None));
    }

    fn a_bad_line_is_named() {
        for (bad, problem) in [
            ("GET /a", Problem::TooFew),
            ("GET", Problem::TooFew),
            ("GET /a 1 2", Problem::TooMany),
            ("GET /a b 2", Problem::TooMany),
            ("GET /a fast", Problem::NotANumber),
            ("GET /a -1", Problem::NotANumber),
            ("GET /a 4294967296", Problem::NotANumber),
        ] {
            let log = format!("GET / 3\n\n{bad}\nGET\n");
            assert_eq!(slowest(&log), Err(BadLine { line: 3, problem }), "{bad}");
        }
    }

    fn the_path_is_not_copied() {
        let log = String::from("GET /index.html 12\n");
        let found = slowest(&log).unwrap().unwrap();
        assert_eq!(found.path.as_ptr(), log[4..].as_ptr());
    }
}
