//! The frame codec: every rule, every split, and any octets at all.

use bytes::{Bytes, BytesMut};
use ch04_http::h2::frame::{
    Decoder, EncodeError, Error, ErrorCode, Frame, HEADER_LEN, Limits,
    MAX_31_BITS, MAX_MAX_FRAME_SIZE, MIN_MAX_FRAME_SIZE, PREFACE, Priority,
    Problem, Scope,
};
use proptest::prelude::*;

fn octets(frame: &Frame) -> BytesMut {
    let mut octets = BytesMut::new();
    frame
        .encode(MAX_MAX_FRAME_SIZE, &mut octets)
        .expect("it fits");
    octets
}

fn head(length: u32, kind: u8, flags: u8, stream: u32) -> Vec<u8> {
    let mut head = length.to_be_bytes()[1..].to_vec();
    head.extend([kind, flags]);
    head.extend(stream.to_be_bytes());
    head
}

fn raw(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = head(payload.len() as u32, kind, flags, stream);
    octets.extend(payload);
    octets
}

fn decode(octets: &[u8]) -> Result<Option<Frame>, Error> {
    Decoder::new(Limits::default()).decode(&mut BytesMut::from(octets))
}

/// The codes and scopes of RFC 9113 section 6, rule by rule.
#[test]
fn what_a_frame_can_get_wrong() {
    use ErrorCode as E;
    use Scope::{Connection, Stream};
    let cases: &[(&str, Vec<u8>, Scope, ErrorCode)] = &[
        (
            "DATA on 0",
            raw(0, 0, 0, b""),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "HEADERS on 0",
            raw(1, 4, 0, b""),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "PRIORITY on 0",
            raw(2, 0, 0, &[0; 5]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "RST on 0",
            raw(3, 0, 0, &[0; 4]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "SETTINGS on 1",
            raw(4, 0, 1, b""),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "PUSH on 0",
            raw(5, 4, 0, &[0; 4]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "PING on 1",
            raw(6, 0, 1, &[0; 8]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "GOAWAY on 1",
            raw(7, 0, 1, &[0; 8]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "CONTINUATION",
            raw(9, 4, 1, b""),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "all padding",
            raw(0, 8, 1, &[1]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "no pad length",
            raw(1, 12, 1, b""),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "padding over the priority",
            raw(1, 0x2c, 1, &[6, 0, 0, 0, 0, 0]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "half a priority",
            raw(1, 0x24, 1, &[0; 4]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "PRIORITY of 4",
            raw(2, 0, 1, &[0; 4]),
            Stream(1),
            E::FRAME_SIZE_ERROR,
        ),
        (
            "PRIORITY of 6",
            raw(2, 0, 1, &[0; 6]),
            Stream(1),
            E::FRAME_SIZE_ERROR,
        ),
        (
            "RST of 3",
            raw(3, 0, 1, &[0; 3]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "RST of 5",
            raw(3, 0, 1, &[0; 5]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "SETTINGS of 5",
            raw(4, 0, 0, &[0; 5]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "ACK of 6",
            raw(4, 1, 0, &[0; 6]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "PUSH of 3",
            raw(5, 4, 1, &[0; 3]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "PING of 7",
            raw(6, 0, 0, &[0; 7]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "PING of 9",
            raw(6, 0, 0, &[0; 9]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "GOAWAY of 7",
            raw(7, 0, 0, &[0; 7]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "UPDATE of 3",
            raw(8, 0, 1, &[0; 3]),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "UPDATE by 0",
            raw(8, 0, 1, &[0; 4]),
            Stream(1),
            E::PROTOCOL_ERROR,
        ),
        (
            "the same on 0",
            raw(8, 0, 0, &[0; 4]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "ENABLE_PUSH 2",
            raw(4, 0, 0, &[0, 2, 0, 0, 0, 2]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "a window of 2^31",
            raw(4, 0, 0, &[0, 4, 0x80, 0, 0, 0]),
            Connection,
            E::FLOW_CONTROL_ERROR,
        ),
        (
            "MAX_FRAME_SIZE 2^14 - 1",
            raw(4, 0, 0, &[0, 5, 0, 0, 0x3f, 0xff]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "MAX_FRAME_SIZE 2^24",
            raw(4, 0, 0, &[0, 5, 1, 0, 0, 0]),
            Connection,
            E::PROTOCOL_ERROR,
        ),
        (
            "too long",
            head(16_385, 0, 0, 1),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
        (
            "unknown, too long",
            head(16_385, 99, 0, 0),
            Connection,
            E::FRAME_SIZE_ERROR,
        ),
    ];
    for (name, octets, scope, code) in cases {
        let error = decode(octets).expect_err(name);
        assert_eq!((error.scope, error.code), (*scope, *code), "{name}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn what_is_at_the_edge_is_taken() {
    for (name, octets) in [
        ("padding that fills the frame", raw(0, 8, 1, &[3, 0, 0, 0])),
        (
            "an unknown setting",
            raw(4, 0, 0, &[0xff, 0xff, 1, 2, 3, 4]),
        ),
        ("unknown flags", raw(6, 0xfe, 0, &[0; 8])),
        ("the reserved bit", raw(0, 0, 0x8000_0001, b"x")),
        ("the longest frame", raw(0, 0, 1, &vec![7; 16_384])),
        ("the widest window", raw(8, 0, 0, &[0xff; 4])),
        ("an unknown error code", raw(3, 0, 1, &[0xff; 4])),
    ] {
        assert!(decode(&octets).expect(name).is_some(), "{name}");
    }
    let unknown = decode(&raw(0xfa, 7, 3, b"later")).unwrap();
    let payload = Bytes::from("later");
    let (kind, flags, stream) = (0xfa, 7, 3);
    let expected = Frame::Unknown {
        kind,
        flags,
        stream,
        payload,
    };
    assert_eq!(unknown, Some(expected));
}

#[test]
fn a_wrong_head_is_refused_before_its_payload_comes() {
    let error = decode(&head(MAX_MAX_FRAME_SIZE, 0, 0, 1)).unwrap_err();
    assert_eq!(error.problem, Problem::TooLong(MAX_MAX_FRAME_SIZE));
    assert!(decode(&head(8, 6, 0, 1)).is_err());
}

#[test]
fn nothing_comes_between_the_frames_of_a_field_block() {
    let start = raw(1, 0, 1, b"");
    for (name, next) in [
        ("DATA", raw(0, 0, 1, b"")),
        ("PING", raw(6, 0, 0, &[0; 8])),
        ("another's CONTINUATION", raw(9, 4, 3, b"")),
        ("another HEADERS", raw(1, 4, 1, b"")),
        ("an unknown frame", raw(99, 0, 1, b"")),
    ] {
        let mut octets = BytesMut::from(&[start.clone(), next].concat()[..]);
        let mut decoder = Decoder::new(Limits::default());
        decoder.decode(&mut octets).unwrap().unwrap();
        let error = decoder.decode(&mut octets).expect_err(name);
        assert_eq!(error.code, ErrorCode::PROTOCOL_ERROR, "{name}");
        assert_eq!(error.problem, Problem::BlockInterrupted, "{name}");
    }
}

#[test]
fn a_field_block_that_does_not_end_is_refused() {
    let limits = Limits::default();
    for fragment in [0, 1, 16_384] {
        let mut decoder = Decoder::new(limits);
        let mut octets = BytesMut::from(&raw(1, 0, 1, b"")[..]);
        let (mut frames, mut held) = (0, 0);
        let refused = (0..1000).find_map(|_| {
            octets.extend(raw(9, 0, 1, &vec![0; fragment]));
            match decoder.decode(&mut octets) {
                Ok(Some(Frame::Continuation { block, .. })) => {
                    frames += 1;
                    held += block.len();
                    None
                }
                Ok(_) => None,
                Err(error) => Some(error.code),
            }
        });
        assert_eq!(refused, Some(ErrorCode::ENHANCE_YOUR_CALM));
        assert!(frames <= limits.continuations && held <= limits.block);
    }
    // The count begins anew with each block.
    let mut decoder = Decoder::new(limits);
    for _ in 0..100 {
        let mut octets = BytesMut::from(&raw(1, 0, 1, b"")[..]);
        octets.extend(raw(9, 4, 1, b""));
        assert!(decoder.decode(&mut octets).unwrap().is_some());
        assert!(decoder.decode(&mut octets).unwrap().is_some());
    }
}

#[test]
fn after_a_connection_error_nothing_is_read() {
    let mut decoder = Decoder::new(Limits::default());
    let mut octets = BytesMut::from(&raw(4, 0, 1, b"")[..]);
    let error = decoder.decode(&mut octets).unwrap_err();
    let mut good = BytesMut::from(&raw(4, 0, 0, b"")[..]);
    assert_eq!(decoder.decode(&mut good), Err(error));
    assert_eq!(decoder.finish(&BytesMut::new()), Err(error));
}

#[test]
fn after_a_stream_error_the_next_frame_is_read() {
    let mut decoder = Decoder::new(Limits::default());
    let mut octets = BytesMut::from(&raw(8, 0, 1, &[0; 4])[..]);
    octets.extend(raw(4, 0, 0, b""));
    assert!(decoder.decode(&mut octets).is_err());
    let settings = decoder.decode(&mut octets).unwrap();
    assert!(matches!(settings, Some(Frame::Settings { .. })));
}

#[test]
fn the_preface_is_refused_at_the_first_wrong_octet() {
    for wrong in 0..PREFACE.len() {
        let mut octets = BytesMut::from(&PREFACE[..=wrong]);
        octets[wrong] ^= 1;
        let mut decoder = Decoder::new(Limits::default());
        let error = decoder.preface(&mut octets).unwrap_err();
        assert_eq!(error.problem, Problem::Preface);
        assert!(decoder.decode(&mut BytesMut::new()).is_err());
    }
    let mut octets = BytesMut::new();
    let mut decoder = Decoder::new(Limits::default());
    for octet in PREFACE {
        assert_eq!(decoder.preface(&mut octets), Ok(false));
        octets.extend([octet]);
    }
    octets.extend(b"more");
    assert_eq!(decoder.preface(&mut octets), Ok(true));
    assert_eq!(octets, &b"more"[..]);
}

#[test]
fn an_end_within_a_frame_or_a_block_is_no_end() {
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(decoder.finish(&BytesMut::new()), Ok(()));
    let half = BytesMut::from(&raw(6, 0, 0, &[0; 8])[..12]);
    let error = decoder.finish(&half).unwrap_err();
    assert_eq!(error.problem, Problem::CutOff);
    let mut decoder = Decoder::new(Limits::default());
    let mut open = BytesMut::from(&raw(1, 0, 1, b"")[..]);
    decoder.decode(&mut open).unwrap().unwrap();
    assert!(decoder.finish(&open).is_err());
}

#[test]
fn what_cannot_be_written_is_not() {
    let mut dst = BytesMut::from(&b"before"[..]);
    let data = Frame::data(1, vec![0; 16_385], false);
    let error = data.encode(MIN_MAX_FRAME_SIZE, &mut dst);
    assert_eq!(error, Err(EncodeError::TooLong(16_385)));
    let (stream, increment) = (1, 1 << 31);
    let update = Frame::WindowUpdate { stream, increment };
    let error = update.encode(MIN_MAX_FRAME_SIZE, &mut dst);
    assert_eq!(error, Err(EncodeError::Not31Bits(1 << 31)));
    assert_eq!(dst, &b"before"[..]);
}

fn any_octets(most: usize) -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 0..most).prop_map(Bytes::from)
}

fn any_stream() -> impl Strategy<Value = u32> {
    1..=MAX_31_BITS
}

fn any_priority() -> impl Strategy<Value = Priority> {
    (any::<bool>(), 0..=MAX_31_BITS, any::<u8>()).prop_map(
        |(exclusive, dependency, weight)| Priority {
            exclusive,
            dependency,
            weight,
        },
    )
}

/// Any frame that may stand by itself.
fn any_frame() -> impl Strategy<Value = Frame> {
    let padding = || any::<Option<u8>>();
    prop_oneof![
        (any_stream(), any_octets(300), padding(), any::<bool>()).prop_map(
            |(stream, data, padding, end_stream)| Frame::Data {
                stream,
                data,
                padding,
                end_stream,
            }
        ),
        (
            any_stream(),
            any_octets(300),
            padding(),
            prop::option::of(any_priority()),
            any::<bool>()
        )
            .prop_map(
                |(stream, block, padding, priority, end_stream)| {
                    Frame::Headers {
                        stream,
                        block,
                        padding,
                        priority,
                        end_stream,
                        end_headers: true,
                    }
                }
            ),
        (any_stream(), any_priority()).prop_map(|(stream, priority)| {
            Frame::Priority { stream, priority }
        }),
        (any_stream(), any::<u32>()).prop_map(|(stream, code)| {
            let code = ErrorCode(code);
            Frame::RstStream { stream, code }
        }),
        prop::collection::vec((7..u16::MAX, any::<u32>()), 0..9).prop_map(
            |settings| Frame::Settings {
                ack: false,
                settings,
            }
        ),
        (any_stream(), 0..=MAX_31_BITS, any_octets(300), padding()).prop_map(
            |(stream, promised, block, padding)| Frame::PushPromise {
                stream,
                promised,
                block,
                padding,
                end_headers: true,
            }
        ),
        (any::<bool>(), any::<[u8; 8]>())
            .prop_map(|(ack, data)| Frame::Ping { ack, data }),
        (0..=MAX_31_BITS, any::<u32>(), any_octets(100)).prop_map(
            |(last_stream, code, debug)| Frame::GoAway {
                last_stream,
                code: ErrorCode(code),
                debug,
            }
        ),
        (0..=MAX_31_BITS, 1..=MAX_31_BITS).prop_map(|(stream, increment)| {
            Frame::WindowUpdate { stream, increment }
        }),
        (10u8.., any::<u8>(), 0..=MAX_31_BITS, any_octets(100)).prop_map(
            |(kind, flags, stream, payload)| Frame::Unknown {
                kind,
                flags,
                stream,
                payload,
            }
        ),
    ]
}

proptest! {
    #[test]
    fn frames_survive_every_split(
        frames in prop::collection::vec(any_frame(), 1..8),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut all = BytesMut::new();
        for frame in &frames {
            all.extend_from_slice(&octets(frame));
        }
        let mut at: Vec<_> =
            cuts.iter().map(|cut| cut.index(all.len() + 1)).collect();
        at.push(all.len());
        at.sort_unstable();
        let mut decoder = Decoder::new(Limits::default());
        let (mut src, mut read, mut start) = (BytesMut::new(), vec![], 0);
        for end in at {
            src.extend_from_slice(&all[start..end]);
            start = end;
            while let Some(frame) = decoder.decode(&mut src).unwrap() {
                read.push(frame);
            }
        }
        prop_assert_eq!(read, frames);
        prop_assert_eq!(decoder.finish(&src), Ok(()));
    }

    /// What is read can be written and read again, and octets of any kind
    /// either make a frame, or wait for no more than a frame, or are refused.
    #[test]
    fn any_octets_are_taken_or_refused(
        kind in 0u8..12,
        flags: u8,
        stream in 0u32..3,
        payload in prop::collection::vec(any::<u8>(), 0..40),
        tail in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut src = BytesMut::from(&raw(kind, flags, stream, &payload)[..]);
        src.extend(&tail);
        let mut decoder = Decoder::new(Limits::default());
        for _ in 0..10 {
            let before = src.len();
            match decoder.decode(&mut src) {
                Ok(Some(frame)) => {
                    prop_assert!(before - src.len() >= HEADER_LEN);
                    let mut again = Decoder::new(Limits::default());
                    let mut octets = octets(&frame);
                    if let Frame::Continuation { stream, .. } = frame {
                        let open = raw(1, 0, stream, b"");
                        again.decode(&mut BytesMut::from(&open[..])).unwrap();
                    }
                    let second = again.decode(&mut octets).unwrap();
                    prop_assert_eq!(second, Some(frame));
                }
                Ok(None) => {
                    prop_assert_eq!(src.len(), before);
                    break;
                }
                Err(error) if error.scope == Scope::Connection => break,
                Err(_) => prop_assert!(src.len() < before),
            }
        }
    }
}
