//! HPACK (4.4): whatever the blocks are, table and list keep their bounds,
//! and what was read can be written and read again.
#![no_main]

use bytes::BytesMut;
use ch04_http::h2::hpack::{Decoder, Encoder, Error, Field};
use ch04_http::h2::message::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|blocks: Vec<Vec<u8>>| {
    let mut decoder = Decoder::new(1000);
    let mut encoder = Encoder::new();
    let mut again = Decoder::new(1000);
    let mut failed = false;
    for block in blocks {
        let outcome = decoder.decode(&block);
        assert!(!failed || outcome == Err(Error::Failed));
        let table = decoder.table();
        assert!(table.size() <= table.max() && table.max() <= 4096);
        let Ok(list) = outcome else {
            failed = true;
            continue;
        };
        let kept: usize = list.fields.iter().map(Field::size).sum();
        assert!(kept <= 1000 && kept <= list.size);
        let mut written = BytesMut::new();
        encoder.encode(&list.fields, &mut written);
        let read = again.decode(&written).expect("what was written");
        assert_eq!(read.fields, list.fields);
        // A request that passes has no line break that we did not write.
        if let Ok(request) = Request::from_fields(&list.fields)
            && let Ok(text) = request.to_http1(None)
        {
            let head = text.strip_suffix(b"\r\n\r\n").expect("it ends");
            for line in head.split(|octet| *octet == b'\n') {
                assert!(!line.is_empty() && line != b"\r");
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                assert!(!line.contains(&b'\r') && !line.contains(&0));
            }
        }
    }
});
