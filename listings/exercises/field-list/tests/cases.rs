//! The cases of the exercise.

use ex_field_list::yours::Error;

fn texts(elements: Result<Vec<&[u8]>, Error>) -> Vec<&str> {
    let elements = elements.expect("a list");
    elements
        .into_iter()
        .map(|e| str::from_utf8(e).expect("ASCII"))
        .collect()
}

book_exercise::cases! {
    for ex_field_list;

    fn commas_separate() {
        let list = texts(elements(b"gzip, deflate,br", 9));
        assert_eq!(list, ["gzip", "deflate", "br"]);
        assert_eq!(texts(elements(b"gzip", 9)), ["gzip"]);
    }

    fn white_space_is_taken_off_around_only() {
        let list = texts(elements(b"\t a b ; q=1 \t,  c\t", 9));
        assert_eq!(list, ["a b ; q=1", "c"]);
        // What HTTP calls white space is less than what Rust does.
        assert_eq!(texts(elements(b"\x0ca\x0c", 9)), ["\x0ca\x0c"]);
    }

    fn empty_elements_are_left_out() {
        assert_eq!(texts(elements(b"", 9)), [""; 0]);
        assert_eq!(texts(elements(b" , ,\t", 9)), [""; 0]);
        assert_eq!(texts(elements(b",a,,b,", 9)), ["a", "b"]);
    }

    fn a_comma_in_quotes_separates_nothing() {
        let list = texts(elements(br#""a, b", c="d,e";f, g"#, 9));
        assert_eq!(list, [r#""a, b""#, r#"c="d,e";f"#, "g"]);
        let list = texts(elements(br#""a""b,","c""#, 9));
        assert_eq!(list, [r#""a""b,""#, r#""c""#]);
    }

    fn a_backslash_counts_in_quotes_only() {
        let list = texts(elements(br#""a\", b", c"#, 9));
        assert_eq!(list, [r#""a\", b""#, "c"]);
        let list = texts(elements(br#""a\\", b"#, 9));
        assert_eq!(list, [r#""a\\""#, "b"]);
        assert_eq!(texts(elements(br"a\, b", 9)), [r"a\", "b"]);
    }

    fn a_quote_has_an_end() {
        for bad in [r#"""#, r#"a, "b, c"#, r#""a\"#, r#""a\""#, r#"a"b"c""#] {
            let found = elements(bad.as_bytes(), 9);
            assert_eq!(found, Err(Error::OpenQuote), "{bad}");
        }
    }

    fn bytes_that_are_not_ascii_are_elements_too() {
        assert_eq!(elements(b"\xff,\x80", 2).unwrap(), [&b"\xff"[..], b"\x80"]);
    }

    fn nobody_sends_a_million() {
        assert_eq!(texts(elements(b"a,b,c", 3)), ["a", "b", "c"]);
        assert_eq!(elements(b"a,b,c", 2), Err(Error::TooMany));
        assert_eq!(elements(b",,", 2), Err(Error::TooMany));
        assert_eq!(elements(b",,\"", 2), Err(Error::TooMany));
        assert_eq!(elements(b"\",,", 2), Err(Error::OpenQuote));
    }
}
