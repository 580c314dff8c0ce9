//! The cases of the exercise.

book_exercise::cases! {
    for ex_chunk_size;

    fn digits_of_either_case() {
        for (line, size) in [
            ("0", 0),
            ("5", 5),
            ("1a", 26),
            ("1A", 26),
            ("0005", 5),
            ("ffffffffffffffff", u64::MAX),
        ] {
            assert_eq!(chunk_size(line.as_bytes()), Some(size), "{line:?}");
        }
    }

    fn an_extension_is_passed_over() {
        for line in ["5;", "5;a=b", "5 \t;\"\t\"", "5;\u{e9};;", "5; 5"] {
            assert_eq!(chunk_size(line.as_bytes()), Some(5), "{line:?}");
        }
    }

    fn what_is_no_digit_is_no_size() {
        assert_eq!(chunk_size(b"5"), Some(5));
        for line in ["", ";a", "g", "5g", "-5", "5_0", "\u{665}", "5,5"] {
            assert_eq!(chunk_size(line.as_bytes()), None, "{line:?}");
        }
    }

    fn a_sign_is_no_digit() {
        assert_eq!(chunk_size(b"5"), Some(5));
        assert_eq!(chunk_size(b"+5"), None);
    }

    fn a_prefix_is_no_digit() {
        assert_eq!(chunk_size(b"05"), Some(5));
        assert_eq!(chunk_size(b"0x5"), None);
        assert_eq!(chunk_size(b"0X5"), None);
    }

    fn seventeen_digits_are_too_many() {
        assert_eq!(chunk_size(b"0000000000000005"), Some(5));
        assert_eq!(chunk_size(b"00000000000000005"), None);
        assert_eq!(chunk_size(b"10000000000000005"), None);
        assert_eq!(chunk_size(&[b'0'; 100_000]), None);
    }

    fn blanks_stand_in_front_of_an_extension_alone() {
        assert_eq!(chunk_size(b"5 ;a"), Some(5));
        for line in [" 5", "5 ", "5\t", "5 5", "5 a", "5\x0b;a", "5\r"] {
            assert_eq!(chunk_size(line.as_bytes()), None, "{line:?}");
        }
    }

    fn a_line_break_is_in_no_extension() {
        assert_eq!(chunk_size(b"5;a"), Some(5));
        for line in ["5;\n", "5;a\nxx", "5;a\r", "5;\0", "5;\x7f", "5\n"] {
            assert_eq!(chunk_size(line.as_bytes()), None, "{line:?}");
        }
    }
}
