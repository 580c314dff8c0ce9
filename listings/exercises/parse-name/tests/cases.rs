//! The cases of the exercise.

/// RFC 1035 §4.1.4's names, without the octets between them: F.ISI.ARPA at
/// 0, FOO.F.ISI.ARPA at 12, ARPA at 18, the root at 20.
const NAMES: &[u8] = b"\x01F\x03ISI\x04ARPA\0\x03FOO\xc0\0\xc0\x06\0";

book_exercise::cases! {
    for ex_parse_name;

    fn labels_end_at_the_root() {
        let labels = [&b"F"[..], b"ISI", b"ARPA"].map(Vec::from).to_vec();
        assert_eq!(parse_name(NAMES, 0), Ok((labels, 12)));
        assert_eq!(parse_name(NAMES, 20), Ok((vec![], 21)));
    }

    fn a_pointer_ends_a_name() {
        let labels = [&b"FOO"[..], b"F", b"ISI", b"ARPA"];
        let labels = labels.map(Vec::from).to_vec();
        assert_eq!(parse_name(NAMES, 12), Ok((labels, 18)));
        assert_eq!(parse_name(NAMES, 18), Ok((vec![b"ARPA".to_vec()], 20)));
    }

    fn the_end_is_after_the_first_pointer() {
        // 0: a, 3: a pointer to 0, 5: b and a pointer to 3.
        let message = b"\x01a\0\xc0\0\x01b\xc0\x03";
        let labels = vec![b"b".to_vec(), b"a".to_vec()];
        assert_eq!(parse_name(message, 5), Ok((labels, 9)));
    }

    fn loops_and_jumps_ahead_are_refused() {
        let error = Err(BadName::NotBackwards);
        assert_eq!(parse_name(b"\xc0\0", 0), error);
        assert_eq!(parse_name(b"\x01a\xc0\0", 0), error);
        assert_eq!(parse_name(b"\x01a\xc0\x02", 0), error);
        assert_eq!(parse_name(b"\xc0\x02\0", 0), error);
        assert_eq!(parse_name(b"\xc0\x02\xc0\0", 2), error);
    }

    fn what_is_cut_off_is_refused() {
        let error = Err(BadName::Truncated);
        assert_eq!(parse_name(b"", 0), error);
        assert_eq!(parse_name(b"\x01", 0), error);
        assert_eq!(parse_name(b"\x01a", 0), error);
        assert_eq!(parse_name(b"\x02a", 0), error);
        assert_eq!(parse_name(b"\0\xc0", 1), error);
        assert_eq!(parse_name(b"\0", 7), error);
    }

    fn reserved_label_types_are_refused() {
        assert_eq!(parse_name(b"\x40\0", 0), Err(BadName::Reserved));
        assert_eq!(parse_name(b"\x80\0", 0), Err(BadName::Reserved));
    }

    fn a_name_has_255_octets_at_most() {
        let label = [&[63][..], &[b'x'; 63]].concat();
        let most = [&label.repeat(3)[..], &[61], &[b'x'; 61], &[0]].concat();
        assert_eq!(most.len(), 255);
        assert_eq!(parse_name(&most, 0).map(|(labels, _)| labels.len()), Ok(4));
        let more = [&label.repeat(3)[..], &[62], &[b'x'; 62], &[0]].concat();
        assert_eq!(parse_name(&more, 0), Err(BadName::TooLong));
    }
}
