//! The cases of the exercise.

use ex_cookie::yours::Twice;

book_exercise::cases! {
    for ex_cookie;

    fn each_cookie_is_found() {
        let field = b"a=1; sid=31d4;b=;\tc=x \t; d=4";
        for (name, value) in [
            ("a", &b"1"[..]), ("sid", b"31d4"), ("b", b""), ("c", b"x"),
            ("d", b"4"),
        ] {
            assert_eq!(find(field, name), Ok(Some(value)), "{name}");
        }
    }

    fn what_is_not_there_is_not_found() {
        assert_eq!(find(b"", "sid"), Ok(None));
        assert_eq!(find(b"; ;", "sid"), Ok(None));
        assert_eq!(find(b"xsid=1; sidx=2; SID=3", "sid"), Ok(None));
    }

    fn a_name_in_a_value_is_no_name() {
        assert_eq!(find(b"a=sid=31d4; sid=77", "sid"), Ok(Some(&b"77"[..])));
        assert_eq!(find(b"a=x sid=31d4", "sid"), Ok(None));
    }

    fn a_value_stays_as_it_stands() {
        let field = b"a=\"x y\"; b==, =; c=\xff";
        assert_eq!(find(field, "a"), Ok(Some(&b"\"x y\""[..])));
        assert_eq!(find(field, "b"), Ok(Some(&b"=, ="[..])));
        assert_eq!(find(field, "c"), Ok(Some(&b"\xff"[..])));
    }

    fn an_odd_piece_spoils_nothing() {
        let field = b"odd; =nameless; sid ; sid=31d4; \xff=1";
        assert_eq!(find(field, "sid"), Ok(Some(&b"31d4"[..])));
        assert_eq!(find(b"sid =1; sid=2", "sid"), Ok(Some(&b"2"[..])));
    }

    fn two_of_a_name_are_one_too_many() {
        assert_eq!(find(b"sid=1; sid=2", "sid"), Err(Twice));
        assert_eq!(find(b"sid=1;a=b; sid=1", "sid"), Err(Twice));
        assert_eq!(find(b"sid=;sid=", "sid"), Err(Twice));
        assert_eq!(find(b"a=1; a=2; sid=3", "sid"), Ok(Some(&b"3"[..])));
    }
}
