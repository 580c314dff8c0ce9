//! Heads of HTTP responses (4.1): as those of requests.
#![no_main]

use ch04_http::fault::Fault;
use ch04_http::framing::{self, Asked};
use ch04_http::head::{Head, Response};
use ch04_http::limits::Limits;
use libfuzzer_sys::fuzz_target;

/// Small, so that the fuzzer reaches them.
const LIMITS: Limits = Limits {
    method: 8,
    start_line: 48,
    field_line: 40,
    section: 160,
    fields: 6,
    body: 1 << 20,
    chunk_line: 16,
    chunk_extensions: 64,
};

fn in_pieces(
    head: &mut Head,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Option<usize>, Fault> {
    for end in 0..bytes.len() {
        if let Some(len) = head.read_response(&bytes[..end], limits)? {
            return Ok(Some(len));
        }
    }
    head.read_response(bytes, limits)
}

fn written(response: &Response<'_>) -> Vec<u8> {
    let line = format!("{} {} ", response.version(), response.status());
    let mut bytes = [line.as_bytes(), response.reason()].concat();
    bytes.extend(b"\r\n");
    for field in response.fields().iter() {
        bytes.extend([field.name.as_bytes(), b":", field.value].concat());
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"\r\n");
    bytes
}

fn check(bytes: &[u8], limits: &Limits) {
    let (mut head, mut split) = (Head::default(), Head::default());
    let whole = head.read_response(bytes, limits);
    assert_eq!(in_pieces(&mut split, bytes, limits), whole);
    let len = match whole {
        Ok(Some(len)) => len,
        Ok(None) => return assert!(bytes.len() <= limits.head()),
        Err(_) => return,
    };
    assert!(len <= limits.head());
    let response = Response::new(bytes, &head);
    let pieces = Response::new(bytes, &split);
    assert_eq!(format!("{response:?}"), format!("{pieces:?}"));
    assert!((100..1000).contains(&response.status()));
    assert!(response.fields().len() <= limits.fields);
    for asked in [Asked::Head, Asked::Connect, Asked::Other] {
        let _ = framing::of_response(&response, asked, limits);
    }

    // The space in front of an empty reason phrase may be new.
    let bytes = written(&response);
    let limits = Limits {
        start_line: limits.start_line + 1,
        ..*limits
    };
    let mut again = Head::default();
    let read = again.read_response(&bytes, &limits);
    assert_eq!(read, Ok(Some(bytes.len())));
    let again = Response::new(&bytes, &again);
    assert_eq!(format!("{response:?}"), format!("{again:?}"));
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes, &LIMITS);
    check(bytes, &Limits::default());
    check(&[b"HTTP/1.1 200 OK\r\n", bytes].concat(), &LIMITS);
});
