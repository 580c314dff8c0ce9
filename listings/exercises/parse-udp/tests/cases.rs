//! The cases of the exercise.

/// A recorded datagram: "hello", to port 9.
const HELLO: [u8; 13] = [
    0xec, 0xee, 0x00, 0x09, 0x00, 0x0d, 0x4b, 0x06, b'h', b'e', b'l', b'l',
    b'o',
];

/// The same with another length field.
fn with_length(len: u16) -> [u8; 13] {
    let mut bytes = HELLO;
    bytes[4..6].copy_from_slice(&len.to_be_bytes());
    bytes
}

book_exercise::cases! {
    for ex_parse_udp;

    fn a_recorded_datagram() {
        let expected = Datagram {
            source: 60654,
            destination: 9,
            checksum: Some(0x4b06),
            payload: b"hello",
        };
        assert_eq!(parse(&HELLO), Ok(expected));
    }

    fn a_header_cut_off() {
        for len in 0..8 {
            assert_eq!(parse(&HELLO[..len]), Err(BadDatagram::CutOff(len)));
        }
    }

    fn a_payload_cut_off() {
        for have in 8..13 {
            let error = BadDatagram::LengthTooLarge { said: 13, have };
            assert_eq!(parse(&HELLO[..have]), Err(error));
        }
    }

    fn a_length_less_than_the_headers() {
        for len in 0..8 {
            let error = BadDatagram::LengthTooSmall(len);
            assert_eq!(parse(&with_length(len)), Err(error));
        }
    }

    fn a_length_of_all_ones() {
        let error = BadDatagram::LengthTooLarge { said: 0xffff, have: 13 };
        assert_eq!(parse(&with_length(0xffff)), Err(error));
    }

    fn what_is_behind_the_length_is_not_payload() {
        let mut frame = HELLO.to_vec();
        frame.extend([0; 13]); // as a short frame is padded
        assert_eq!(parse(&frame).unwrap().payload, b"hello");
        assert_eq!(parse(&with_length(10)).unwrap().payload, b"he");
    }

    fn a_datagram_may_be_empty() {
        let bytes = with_length(8);
        assert_eq!(parse(&bytes).unwrap().payload, b"");
    }

    fn no_checksum_is_not_checksum_zero() {
        let mut bytes = HELLO;
        bytes[6..8].fill(0);
        assert_eq!(parse(&bytes).unwrap().checksum, None);
        bytes[6..8].fill(0xff);
        assert_eq!(parse(&bytes).unwrap().checksum, Some(0xffff));
    }
}
