//! The cases of the exercise.

use ex_safe_path::yours::Refused;

book_exercise::cases! {
    for ex_safe_path;

    fn names_come_out_decoded() {
        assert_eq!(names("/a/b%20c/d.html").unwrap(), ["a", "b c", "d.html"]);
        assert_eq!(names("/%C3%A9%61").unwrap(), ["éa"]);
        assert_eq!(names("/%7Ea/a+b").unwrap(), ["~a", "a+b"]);
    }

    fn empty_names_are_left_out() {
        assert_eq!(names("/").unwrap(), [""; 0]);
        assert_eq!(names("//a///b/").unwrap(), ["a", "b"]);
    }

    fn nobody_climbs() {
        for bad in [
            "/..", "/../etc/passwd", "/a/../../b", "/%2e%2e/a", "/.%2E",
            "/%2e", "/.", "/a/.",
        ] {
            assert_eq!(names(bad), Err(Refused::Dots), "{bad}");
        }
        for good in ["/...", "/..a", "/a..b", "/.well-known", "/a."] {
            assert_eq!(names(good).unwrap(), [&good[1..]]);
        }
    }

    fn a_name_is_one_name() {
        for bad in [
            "/a%2fb", "/%2F", "/..%2f..%2fetc", "/a\\b", "/%5c", "/..%5c..",
        ] {
            assert_eq!(names(bad), Err(Refused::Separator), "{bad}");
        }
    }

    fn a_name_has_no_end_within() {
        for bad in ["/a%00", "/a%00.html", "/%0d%0a", "/%7f", "/%1b", "/%09"] {
            assert_eq!(names(bad), Err(Refused::Control), "{bad}");
        }
        assert_eq!(names("/%c2%85"), Err(Refused::Control));
    }

    fn an_escape_has_two_digits() {
        for bad in ["/%", "/%4", "/a%", "/%zz", "/%4g", "/%+1", "/% 1", "/%é"] {
            assert_eq!(names(bad), Err(Refused::Escape), "{bad}");
        }
        // The next name does not lend one.
        assert_eq!(names("/%4/1"), Err(Refused::Escape));
    }

    fn once_is_enough() {
        assert_eq!(names("/%252e%252e").unwrap(), ["%2e%2e"]);
        assert_eq!(names("/%25").unwrap(), ["%"]);
        assert_eq!(names("/%2500").unwrap(), ["%00"]);
    }

    fn bytes_that_are_no_text() {
        // The second is a `/` of two bytes, which no UTF-8 has.
        for bad in ["/%ff", "/%c0%af", "/%c3", "/a%80", "/%ed%a0%80"] {
            assert_eq!(names(bad), Err(Refused::NotUtf8), "{bad}");
        }
    }

    fn it_begins_with_a_slash() {
        for bad in ["", "a", "*", "%2fa", "http://x/"] {
            assert_eq!(names(bad), Err(Refused::NotAbsolute), "{bad}");
        }
    }
}
