//! The cases of the exercise.

use bytes::{Bytes, BytesMut};
use ex_netstring::yours::Error;

fn buffer(bytes: &[u8]) -> BytesMut {
    BytesMut::from(bytes)
}

book_exercise::cases! {
    for ex_netstring;

    fn two_netstrings_come_out_one_by_one() {
        let mut src = buffer(b"5:hello,0:,1");
        assert_eq!(decode(&mut src, 8), Ok(Some(Bytes::from("hello"))));
        assert_eq!(decode(&mut src, 8), Ok(Some(Bytes::new())));
        assert_eq!(decode(&mut src, 8), Ok(None));
        assert_eq!(src, "1");
    }

    fn every_beginning_waits_and_keeps_its_bytes() {
        let whole = b"12:hello, world,";
        for end in 0..whole.len() {
            let mut src = buffer(&whole[..end]);
            assert_eq!(decode(&mut src, 12), Ok(None), "{src:?}");
            assert_eq!(src, whole[..end]);
        }
        let mut src = buffer(whole);
        let frame = decode(&mut src, 12).unwrap().unwrap();
        assert_eq!(frame, "hello, world");
        assert!(src.is_empty());
    }

    fn a_length_above_the_limit_is_refused_at_its_last_digit() {
        assert_eq!(decode(&mut buffer(b"9"), 8), Err(Error::TooLong));
        assert_eq!(decode(&mut buffer(b"8"), 8), Ok(None));
    }

    fn digits_without_end_are_refused() {
        let mut src = buffer(&[b'9'; 64]);
        assert_eq!(decode(&mut src, usize::MAX), Err(Error::TooLong));
    }

    fn a_length_has_one_spelling() {
        for bad in ["00:,", "05:hello,", "00"] {
            let mut src = buffer(bad.as_bytes());
            assert_eq!(decode(&mut src, 8), Err(Error::Length), "{bad}");
        }
    }

    fn what_is_not_a_length_is_refused() {
        for bad in [":,", "+5:hello,", "-1:", " 5", "5 :", "5;hello,", "a"] {
            let mut src = buffer(bad.as_bytes());
            assert_eq!(decode(&mut src, 8), Err(Error::Length), "{bad}");
        }
    }

    fn the_comma_is_checked() {
        let mut src = buffer(b"5:hello!");
        assert_eq!(decode(&mut src, 8), Err(Error::Comma));
    }
}
