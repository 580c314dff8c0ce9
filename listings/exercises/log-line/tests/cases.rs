//! The cases of the exercise.

/// A line with this between the quotes.
fn line(request: &str) -> String {
    format!("::1 - ann [28/Nov/2026:10:00:00 +0000] \"{request}\" 200 13")
}

book_exercise::cases! {
    for ex_log_line;

    fn an_ordinary_line() {
        let line = line("GET /a HTTP/1.1");
        let read = read(&line).unwrap();
        assert_eq!(read.host, "::1");
        assert_eq!(read.time, "28/Nov/2026:10:00:00 +0000");
        assert_eq!(read.request, b"GET /a HTTP/1.1");
        assert_eq!((read.status, read.bytes), (200, 13));
    }

    fn no_content_is_a_dash() {
        let read = read("h - - [t] \"\" 304 -").unwrap();
        assert_eq!((read.request.len(), read.status, read.bytes), (0, 304, 0));
    }

    fn what_the_client_sent_is_what_comes_out() {
        let escaped = line(r#"GET /\"\\\x0d\x0A\x1b\xff] \"x\" 404 5"#);
        let read = read(&escaped).unwrap();
        let sent = b"GET /\"\\\r\n\x1b\xff] \"x\" 404 5";
        assert_eq!(read.request, sent);
        assert_eq!(read.status, 200);
    }

    fn an_escaped_quote_does_not_end_the_request() {
        let read = read("h - - [t] \"a\\\" 500 7\" 200 1").unwrap();
        assert_eq!(read.request, b"a\" 500 7");
        assert_eq!(read.status, 200);
    }

    fn an_escaped_backslash_does_not_escape_the_quote() {
        let read = read(r#"h - - [t] "a\\" 200 1"#).unwrap();
        assert_eq!(read.request, b"a\\");
    }

    fn what_is_no_such_line() {
        // So that an answer of `None` to everything does not pass.
        assert!(read(&line("GET / HTTP/1.1")).is_some());
        for bad in [
            "",
            "h - - [t] \"a\" 200",
            "h - - [t] \"a\" 200 1 ",
            "h - - [t] \"a\" 200 1 2",
            "h - - [t] \"a\"  200 1",
            "h - - [t] \"a 200 1",
            "h - - [t \"a\" 200 1",
            "h - - [t]\"a\" 200 1",
            "h - - [t] \"a\"200 1",
            "h -  [t] \"a\" 200 1",
            " - - [t] \"a\" 200 1",
            "h - - [t] \"a\" 20 1",
            "h - - [t] \"a\" 2000 1",
            "h - - [t] \"a\" +20 1",
            "h - - [t] \"a\" 200 +1",
            "h - - [t] \"a\" 304 -1",
            "h - - [t] \"a\" 304 ",
            "h - - [t] \"a\" 200 99999999999999999999999",
            "h - - [t] \"\\\" 200 1",
            "h - - [t] \"\\n\" 200 1",
            "h - - [t] \"\\x1\" 200 1",
            "h - - [t] \"\\xg0\" 200 1",
            "h - - [t] \"\\x\u{e9}\" 200 1",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    fn other_alphabets_stay_whole() {
        let line = line("GET /\u{e9}\u{4e2d} HTTP/1.1");
        let read = read(&line).unwrap();
        assert_eq!(read.request, "GET /\u{e9}\u{4e2d} HTTP/1.1".as_bytes());
    }
}
