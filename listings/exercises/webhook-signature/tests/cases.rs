//! The cases of the exercise. The signatures are Python's: `hmac.new(key,
//! b"1700000000." + body, hashlib.sha256).hexdigest()`.

const KEY: &[u8] = b"whsec_4ZQ7";
const BODY: &[u8] = br#"{"event":"paid","amount":10}"#;
const NOW: u64 = 1_700_000_000;
const GOOD: &str =
    "ce093da453b2e1d03657c9ffc2803770cdc1b547b283cd6a31f760fec8697d37";
/// Under the key before this one.
const OLD_KEY: &str =
    "d7502944cadc09e3b0935d1f381c9a2c12db94f327da5ac571f92200f872ffa1";

fn header(signature: &str) -> String {
    format!("t=1700000000,v1={signature}")
}

book_exercise::cases! {
    for ex_webhook_signature;

    fn what_was_signed_is_accepted() {
        assert_eq!(verify(KEY, &header(GOOD), BODY, NOW), Ok(()));
        let capitals = header(&GOOD.to_uppercase());
        assert_eq!(verify(KEY, &capitals, BODY, NOW), Ok(()));
    }

    fn another_body_is_refused() {
        let body = br#"{"event":"paid","amount":99}"#;
        let refused = verify(KEY, &header(GOOD), body, NOW);
        assert_eq!(refused, Err(Rejected::WrongSignature));
    }

    fn another_key_is_refused() {
        let refused = verify(b"whsec_", &header(GOOD), BODY, NOW);
        assert_eq!(refused, Err(Rejected::WrongSignature));
    }

    fn another_time_is_refused() {
        let later = format!("t=1700000001,v1={GOOD}");
        let refused = verify(KEY, &later, BODY, NOW);
        assert_eq!(refused, Err(Rejected::WrongSignature));
    }

    fn a_part_of_the_right_signature_is_refused() {
        for part in [&GOOD[..2], &GOOD[..62], "", &GOOD[2..]] {
            let refused = verify(KEY, &header(part), BODY, NOW);
            assert_eq!(refused, Err(Rejected::Malformed), "{part:?}");
        }
    }

    fn every_digit_of_the_signature_counts() {
        assert_eq!(verify(KEY, &header(GOOD), BODY, NOW), Ok(()));
        for at in 0..64 {
            let other = if &GOOD[at..=at] == "0" { "1" } else { "0" };
            let mut wrong = GOOD.to_owned();
            wrong.replace_range(at..=at, other);
            let refused = verify(KEY, &header(&wrong), BODY, NOW);
            assert_eq!(refused, Err(Rejected::WrongSignature), "{at}");
        }
    }

    fn one_right_signature_of_several_is_enough() {
        for (one, other) in [(OLD_KEY, GOOD), (GOOD, OLD_KEY)] {
            let both = format!("t=1700000000,v1={one},v1={other}");
            assert_eq!(verify(KEY, &both, BODY, NOW), Ok(()));
        }
        let old = verify(KEY, &header(OLD_KEY), BODY, NOW);
        assert_eq!(old, Err(Rejected::WrongSignature));
    }

    fn fields_of_other_names_are_ignored() {
        let more = format!("v0=x,t=1700000000,v1={GOOD},v2=");
        assert_eq!(verify(KEY, &more, BODY, NOW), Ok(()));
        let only_old = format!("t=1700000000,v0={GOOD}");
        let refused = verify(KEY, &only_old, BODY, NOW);
        assert_eq!(refused, Err(Rejected::Malformed));
    }

    fn five_minutes_either_way_are_fresh() {
        for (now, expected) in [
            (NOW + 300, Ok(())),
            (NOW + 301, Err(Rejected::NotFresh)),
            (NOW - 300, Ok(())),
            (NOW - 301, Err(Rejected::NotFresh)),
        ] {
            let found = verify(KEY, &header(GOOD), BODY, now);
            assert_eq!(found, expected, "{now}");
        }
    }

    fn the_signature_is_checked_before_the_time() {
        let wrong = header(&"0".repeat(64));
        let refused = verify(KEY, &wrong, BODY, NOW + 9999);
        assert_eq!(refused, Err(Rejected::WrongSignature));
    }

    fn the_largest_time_does_not_overflow() {
        let end = "t=18446744073709551615,v1=\
            32f3b49c43affee1042bede41f68bedb036366cbece23ff394ae9a112614f586";
        let refused = verify(KEY, end, BODY, NOW);
        assert_eq!(refused, Err(Rejected::NotFresh));
        assert_eq!(verify(KEY, end, BODY, u64::MAX), Ok(()));
    }

    fn the_digits_are_signed_as_they_stand() {
        let zero = "t=01700000000,v1=\
            8ed2d369cc249c48c72dbf31db0015defc2a7a79d9cfecbb641f4e762ba60039";
        assert_eq!(verify(KEY, zero, BODY, NOW), Ok(()));
    }

    fn headers_of_another_form_are_refused() {
        for header in [
            String::new(),
            format!("v1={GOOD}"),
            "t=1700000000".to_owned(),
            format!("t=,v1={GOOD}"),
            format!("t=+1700000000,v1={GOOD}"),
            format!("t=99999999999999999999,v1={GOOD}"),
            format!("t=1700000000,t=1700000000,v1={GOOD}"),
            format!("t=1700000000 v1={GOOD}"),
            format!("t=1700000000, v1={GOOD}"),
            header(&format!("{GOOD}0")),
            header(&format!("+{}", &GOOD[1..])),
            header(&"é".repeat(32)),
        ] {
            let refused = verify(KEY, &header, BODY, NOW);
            assert_eq!(refused, Err(Rejected::Malformed), "{header:?}");
        }
    }
}
