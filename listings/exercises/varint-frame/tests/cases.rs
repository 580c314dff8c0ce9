//! The cases of the exercise.

use bytes::{Bytes, BytesMut};
use ex_varint_frame::yours::Error;

fn buffer(bytes: &[u8]) -> BytesMut {
    BytesMut::from(bytes)
}

book_exercise::cases! {
    for ex_varint_frame;

    fn a_short_frame_has_a_prefix_of_one_byte() {
        let mut src = buffer(b"\x05hello\0");
        assert_eq!(decode(&mut src, 8), Ok(Some(Bytes::from("hello"))));
        assert_eq!(decode(&mut src, 8), Ok(Some(Bytes::new())));
        assert_eq!(decode(&mut src, 8), Ok(None));
    }

    fn three_hundred_is_ac_02() {
        let mut out = BytesMut::new();
        encode(&[7; 300], &mut out).unwrap();
        assert_eq!(out[..2], [0xac, 0x02]);
        assert_eq!(decode(&mut out, 300), Ok(Some(Bytes::from(vec![7; 300]))));
    }

    fn lengths_on_both_sides_of_a_seventh_bit_survive() {
        for (len, prefix) in [(127, 1), (128, 2), (16383, 2), (16384, 3)] {
            let mut out = BytesMut::new();
            encode(&vec![1; len], &mut out).unwrap();
            assert_eq!(out.len(), prefix + len);
            let frame = decode(&mut out, 1 << 20).unwrap().unwrap();
            assert_eq!(frame.len(), len);
        }
    }

    fn every_beginning_waits_and_keeps_its_bytes() {
        let mut whole = buffer(&[0x82, 0x01]);
        whole.resize(2 + 130, 9);
        for end in 0..whole.len() {
            let mut src = buffer(&whole[..end]);
            assert_eq!(decode(&mut src, 130), Ok(None), "{end} bytes");
            assert_eq!(src, whole[..end]);
        }
    }

    fn overlong_lengths_are_refused() {
        for bad in [&[0x80, 0][..], &[0x85, 0], &[0x85, 0x80, 0x80, 0x80, 0]] {
            let error = decode(&mut buffer(bad), 8);
            assert_eq!(error, Err(Error::Overlong), "{bad:?}");
        }
    }

    fn a_length_above_the_limit_is_refused_before_the_frame_arrives() {
        assert_eq!(decode(&mut buffer(&[9]), 8), Err(Error::TooLong));
        let most = [0xff, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(decode(&mut buffer(&most), 8), Err(Error::TooLong));
        assert_eq!(decode(&mut buffer(&most), u32::MAX), Ok(None));
    }

    fn more_than_32_bits_are_refused() {
        let bits_33 = [0xff, 0xff, 0xff, 0xff, 0x1f];
        assert_eq!(decode(&mut buffer(&bits_33), u32::MAX), Err(Error::TooLong));
        let endless = [0xff; 5];
        assert_eq!(decode(&mut buffer(&endless), u32::MAX), Err(Error::TooLong));
    }
}
