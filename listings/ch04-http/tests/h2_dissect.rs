//! The dissector names every octet, whatever they are.

use bytes::BytesMut;
use ch04_http::h2::dissect::{Dissector, MAX_TEXT, Row};
use ch04_http::h2::frame::{
    Frame, HEADER_LEN, Head, MIN_MAX_FRAME_SIZE, PREFACE, Priority,
};
use ch04_http::h2::hpack::{Encoder, Field};
use proptest::prelude::*;

fn text(rows: &[Row]) -> Vec<String> {
    rows.iter().map(Row::to_string).collect()
}

#[test]
fn a_padded_request_with_a_priority() {
    let mut block = BytesMut::new();
    let fields = [Field::new(":method", "GET"), Field::secret("cookie", "a=b")];
    Encoder::new().encode(&fields, &mut block);
    let frame = Frame::Headers {
        stream: 1,
        block: block.freeze(),
        padding: Some(2),
        priority: Some(Priority {
            exclusive: false,
            dependency: 0,
            weight: 15,
        }),
        end_stream: true,
        end_headers: true,
    };
    let mut octets = BytesMut::from(&PREFACE[..]);
    frame.encode(MIN_MAX_FRAME_SIZE, &mut octets).unwrap();
    let mut dissector = Dissector::of_client();
    let mut rows = Vec::new();
    for octet in &octets {
        rows.extend(dissector.feed(&[*octet]).unwrap());
    }
    let named: Vec<_> = rows.iter().map(|row| row.text.trim()).collect();
    assert_eq!(
        named,
        [
            "connection preface",
            "HEADERS, 15 octets, stream 1, END_STREAM, END_HEADERS, PADDED, \
             PRIORITY",
            "pad length",
            "priority",
            ":method: GET (indexed, 2)",
            "cookie: a=b (name 32, never indexed)",
            "padding",
        ]
    );
    let all: Vec<u8> = rows.iter().flat_map(|r| r.octets.to_vec()).collect();
    assert_eq!(all, octets);
    assert!(text(&rows)[1].starts_with("00 00 0f 01 2d 00 00 00 01  HEADERS"));
}

proptest! {
    #[test]
    fn every_octet_has_a_name(
        frames in prop::collection::vec(
            (0u8..12, any::<u8>(), 0u32..3,
             prop::collection::vec(any::<u8>(), 0..60)), 1..6),
    ) {
        let mut dissector = Dissector::of_server();
        for (kind, flags, stream, payload) in frames {
            // Blocks that are cut are named twice; here they are not cut.
            let flags = flags | 4;
            let head = [0, 0, payload.len() as u8, kind, flags, 0, 0, 0];
            let mut octets = head.to_vec();
            octets.push(stream as u8);
            octets.extend(&payload);
            let Ok(rows) = dissector.feed(&octets) else { break };
            let named: Vec<u8> =
                rows.iter().flat_map(|r| r.octets.to_vec()).collect();
            prop_assert_eq!(&named, &octets);
            prop_assert!(rows.iter().all(|row| row.text.len() <= MAX_TEXT));
            let first = rows[0].octets.first_chunk::<HEADER_LEN>();
            prop_assert_eq!(Head::read(first.unwrap()).kind, kind);
        }
    }

    #[test]
    fn any_octets_in_any_pieces(
        pieces in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..40), 0..10),
        client: bool,
    ) {
        let mut dissector = Dissector::of_server();
        if client {
            dissector = Dissector::of_client();
            dissector.feed(PREFACE).unwrap();
        }
        for piece in pieces {
            let Ok(rows) = dissector.feed(&piece) else { break };
            prop_assert!(text(&rows).iter().all(|line| !line.is_empty()));
        }
    }
}
