//! The cases of the exercise.

/// Texts, and how they are sent.
const SENT: [(&[u8], &[u8]); 10] = [
    (b"", b".\r\n"),
    (b"hi", b"hi\r\n.\r\n"),
    (b"hi\r\n", b"hi\r\n.\r\n"),
    (b".", b"..\r\n.\r\n"),
    (b".\r\n..\r\n", b"..\r\n...\r\n.\r\n"),
    (b"a.b\r\n\r\n.c", b"a.b\r\n\r\n..c\r\n.\r\n"),
    (b"a\n.b\r.c", b"a\n.b\r.c\r\n.\r\n"),
    (b"a\n.\nb", b"a\n.\nb\r\n.\r\n"),
    (b"a\r\r\n.", b"a\r\r\n..\r\n.\r\n"),
    (b"a\r", b"a\r\r\n.\r\n"),
];

/// What arrives as text when `text` is sent.
fn arrives(text: &[u8]) -> Vec<u8> {
    let is_ended = text.is_empty() || text.ends_with(b"\r\n");
    let end: &[u8] = if is_ended { b"" } else { b"\r\n" };
    [text, end].concat()
}

book_exercise::cases! {
    for ex_dot_stuffing;

    fn dots_that_begin_a_line_are_doubled() {
        for (text, sent) in SENT {
            assert_eq!(stuff(text), sent, "{}", text.escape_ascii());
        }
    }

    fn doubled_dots_come_off_again() {
        for (text, sent) in SENT {
            let mut got = Vec::new();
            let end = Unstuffer::default().push(sent, &mut got);
            assert_eq!(end, Some(sent.len()), "{}", sent.escape_ascii());
            assert_eq!(got, arrives(text), "{}", sent.escape_ascii());
        }
    }

    fn every_split_gives_the_same_text() {
        for (text, sent) in SENT {
            let mut unstuffer = Unstuffer::default();
            let mut got = Vec::new();
            let (last, before) = sent.split_last().unwrap();
            for byte in before {
                assert_eq!(unstuffer.push(&[*byte], &mut got), None);
            }
            assert_eq!(unstuffer.push(&[*last], &mut got), Some(1));
            assert_eq!(got, arrives(text));

            for at in 0..sent.len() {
                let mut unstuffer = Unstuffer::default();
                let mut got = Vec::new();
                let (first, second) = sent.split_at(at);
                assert_eq!(unstuffer.push(first, &mut got), None);
                let end = unstuffer.push(second, &mut got);
                assert_eq!(end, Some(second.len()));
                assert_eq!(got, arrives(text));
            }
        }
    }

    fn what_follows_the_end_is_left_alone() {
        let mut got = Vec::new();
        let end = Unstuffer::default().push(b"hi\r\n.\r\nQUIT\r\n", &mut got);
        assert_eq!(end, Some(7));
        assert_eq!(got, b"hi\r\n");
    }

    fn no_other_sequence_ends_the_text() {
        for sent in [
            &b"\n.\n"[..], b"\n.\r\n", b"\r.\r\n", b"a\r\n.\n", b"a\r\n.\r",
            b"a\r\n.\rQUIT\r\n", b"a\r\n.\r\r\n", b"a.\r\n", b"\n.\r\nRSET\r\n",
        ] {
            let mut got = Vec::new();
            let end = Unstuffer::default().push(sent, &mut got);
            assert_eq!(end, None, "{}", sent.escape_ascii());
        }
    }

    fn a_dot_goes_and_the_rest_of_its_line_stays() {
        for (sent, text) in [
            (&b".a\r\n.\r\n"[..], &b"a\r\n"[..]),
            (b".\ra\r\n.\r\n", b"\ra\r\n"),
            (b".\r\r\n.\r\n", b"\r\r\n"),
            (b".\n\r\n.\r\n", b"\n\r\n"),
        ] {
            let mut got = Vec::new();
            let end = Unstuffer::default().push(sent, &mut got);
            assert_eq!(end, Some(sent.len()), "{}", sent.escape_ascii());
            assert_eq!(got, text, "{}", sent.escape_ascii());
        }
    }
}
