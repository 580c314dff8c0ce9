//! The cases of the exercise.

/// Some bytes that look random.
fn keystream(i: usize) -> u8 {
    (i as u32 + 1).wrapping_mul(0x9e37_79b1).to_be_bytes()[0]
}

fn encrypt(text: &str) -> Vec<u8> {
    text.bytes()
        .enumerate()
        .map(|(i, byte)| byte ^ keystream(i))
        .collect()
}

book_exercise::cases! {
    for ex_crib_drag;

    fn a_word_is_found_and_gives_away_the_other_message() {
        let one = encrypt("meet me at the old bridge at nine");
        let two = encrypt("the money is under the third step");
        let found = places(&one, &two, " the old bridge at ");
        assert_eq!(found, [Place { at: 10, other: "is under the third ".into() }]);
    }

    fn a_short_word_fits_in_more_places_than_one() {
        let one = encrypt("meet me at the old bridge at nine");
        let two = encrypt("the money is under the third step");
        let found = places(&one, &two, "the");
        let right = Place { at: 11, other: "s u".into() };
        assert!(found.contains(&right), "{found:?}");
        assert!(found.len() > 1 && found.is_sorted_by_key(|p| p.at));
    }

    fn only_what_both_messages_reach_is_tried() {
        let (one, two) = (encrypt("abcdef"), encrypt("uvw"));
        assert_eq!(places(&one, &two, "abcd"), []);
        let found = places(&one, &two, "abc");
        assert_eq!(found, [Place { at: 0, other: "uvw".into() }]);
        let found = places(&two, &one, "uvw");
        assert_eq!(found, [Place { at: 0, other: "abc".into() }]);
    }

    fn what_is_no_text_is_no_place() {
        assert_eq!(places(&encrypt("abc"), &encrypt("ABC"), "abc"), []);
        assert_eq!(places(&encrypt("abc"), &encrypt("a1c"), "abc"), []);
    }

    fn an_empty_word_stands_nowhere() {
        assert_eq!(places(b"ab", b"cd", ""), []);
        assert_eq!(places(b"", b"", ""), []);
    }
}
