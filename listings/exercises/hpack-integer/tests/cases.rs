//! The cases of the exercise.

use ex_hpack_integer::yours::Error;

book_exercise::cases! {
    for ex_hpack_integer;

    fn the_examples_of_the_rfc() {
        assert_eq!(decode(&[0b1110_1010], 5), Ok((10, 1)));
        assert_eq!(decode(&[0x1f, 0x9a, 0x0a], 5), Ok((1337, 3)));
        assert_eq!(decode(&[42], 8), Ok((42, 1)));
    }

    fn what_stands_above_and_behind_belongs_to_others() {
        assert_eq!(decode(&[0xe1, 0xff], 5), Ok((1, 1)));
        assert_eq!(decode(&[0xff, 0x00, 0xff], 1), Ok((1, 2)));
        assert_eq!(decode(&[0xff, 0x9a, 0x0a, 7, 7], 5), Ok((1337, 3)));
    }

    fn the_largest_prefix_is_no_value() {
        assert_eq!(decode(&[30], 5), Ok((30, 1)));
        assert_eq!(decode(&[31, 0], 5), Ok((31, 2)));
        assert_eq!(decode(&[0xff, 0], 8), Ok((255, 2)));
    }

    fn what_is_cut_off_waits() {
        for cut in [&[][..], &[0x1f], &[0x1f, 0x9a], &[0x1f, 0x80, 0x80]] {
            assert_eq!(decode(cut, 5), Err(Error::CutOff), "{cut:x?}");
        }
    }

    fn sixteen_bits_are_taken_and_no_more() {
        assert_eq!(decode(&[0x1f, 0xe0, 0xff, 0x03], 5), Ok((65_535, 4)));
        let more = [0x1f, 0xe1, 0xff, 0x03];
        assert_eq!(decode(&more, 5), Err(Error::TooLarge));
        assert_eq!(decode(&[0xff, 0x80, 0xfe, 0x03], 8), Ok((65_535, 4)));
    }

    fn what_is_too_large_is_not_waited_for() {
        // 31 + 127 + 127 * 128 is 16,414, and this adds 4 * 16,384.
        let early = [0x1f, 0xff, 0xff, 0x84];
        assert_eq!(decode(&early, 5), Err(Error::TooLarge));
        let endless = [0x1f, 0x80, 0x80, 0x80];
        assert_eq!(decode(&endless, 5), Err(Error::TooLarge));
        assert_eq!(decode(&[0xff; 64], 8), Err(Error::TooLarge));
    }

    fn zeros_that_say_nothing_are_taken() {
        assert_eq!(decode(&[0x1f, 0x80, 0x80, 0], 5), Ok((31, 4)));
    }
}
