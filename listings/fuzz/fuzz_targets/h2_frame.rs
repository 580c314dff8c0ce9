//! HTTP/2 frames (4.4): what is read can be written and read again, and an
//! open field block stays within its limits. The dissector names the same.
#![no_main]

use bytes::BytesMut;
use ch04_http::h2::dissect::Dissector;
use ch04_http::h2::frame::{Decoder, Frame, Limits, MIN_MAX_FRAME_SIZE, Scope};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, u8)| {
    let (octets, cut) = input;
    let limits = Limits {
        block: 300,
        ..Limits::default()
    };
    let mut decoder = Decoder::new(limits);
    let mut again = Decoder::new(limits);
    let mut src = BytesMut::new();
    let mut held = 0;
    for piece in octets.chunks(usize::from(cut) + 1) {
        src.extend_from_slice(piece);
        loop {
            let before = src.len();
            match decoder.decode(&mut src) {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    held = match &frame {
                        Frame::Headers { block, .. }
                        | Frame::PushPromise { block, .. } => block.len(),
                        Frame::Continuation { block, .. } => held + block.len(),
                        _ => 0,
                    };
                    assert!(held <= limits.block);
                    let mut written = BytesMut::new();
                    frame
                        .encode(MIN_MAX_FRAME_SIZE, &mut written)
                        .expect("what was read fits");
                    let read = again.decode(&mut written);
                    assert_eq!(read, Ok(Some(frame)));
                }
                Err(error) if error.scope == Scope::Connection => {
                    assert_eq!(decoder.decode(&mut src), Err(error));
                    assert_eq!(src.len(), src.len().min(before));
                    break;
                }
                Err(_) => assert!(src.len() < before),
            }
        }
    }
    let mut dissector = Dissector::of_server();
    for piece in octets.chunks(usize::from(cut) + 1) {
        if dissector.feed(piece).is_err() {
            break;
        }
    }
});
