//! The cases of the exercise.

use ex_mail_path::yours::Error;

book_exercise::cases! {
    for ex_mail_path;

    fn a_path_comes_apart() {
        for (text, local_part, domain) in [
            ("<ada@client.example>", "ada", "client.example"),
            ("<a.b+c!d@E.Example>", "a.b+c!d", "E.Example"),
            ("<x@y>", "x", "y"),
            ("<{~}@1-2.3>", "{~}", "1-2.3"),
        ] {
            assert_eq!(parse_path(text), Ok((local_part, domain)), "{text}");
        }
    }

    fn its_form_is_checked() {
        for text in [
            "", "<", "<>", "a@b", "<a@b", "a@b>", "<a>", " <a@b>", "<a@b> ",
            "<a@b@c>", "<@a@b>",
        ] {
            assert_eq!(parse_path(text), Err(Error::Form), "{text}");
        }
    }

    fn a_local_part_is_atoms_and_dots() {
        for text in [
            "<@b>", "<.a@b>", "<a.@b>", "<a..c@b>", "<a b@c>", "<é@c>",
            "<a\"@c>", "<a>@c>", "<a\r\nRCPT@c>", "<a\0@c>",
        ] {
            assert_eq!(parse_path(text), Err(Error::LocalPart), "{text}");
        }
    }

    fn a_domain_is_labels_and_dots() {
        for text in [
            "<a@>", "<a@b.>", "<a@.b>", "<a@b..c>", "<a@-b>", "<a@b-.c>",
            "<a@b_c>", "<a@é>", "<a@b c>", "<a@b>>", "<a@b\n>", "<a@[::1]>",
        ] {
            assert_eq!(parse_path(text), Err(Error::Domain), "{text}");
        }
    }

    fn the_limits_hold_to_the_byte() {
        let path = |local, domain| {
            format!("<{}@{}>", "a".repeat(local), "b".repeat(domain))
        };
        assert!(parse_path(&path(64, 189)).is_ok());
        assert!(parse_path(&path(1, 252)).is_ok());
        for (local, domain) in [(65, 1), (64, 190), (1, 253), (1, 256)] {
            let path = path(local, domain);
            assert_eq!(parse_path(&path), Err(Error::TooLong), "{path}");
        }
    }

    fn what_is_wrong_first_is_named() {
        let long = "a".repeat(300);
        let path = format!("<..@-{long}>");
        assert_eq!(parse_path(&path), Err(Error::LocalPart));
        let path = format!("<{long}@->");
        assert_eq!(parse_path(&path), Err(Error::Domain));
    }
}
