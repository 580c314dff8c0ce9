//! Heads of HTTP requests (4.1): the pieces in which they arrive must not
//! matter, no limit may be passed, and what is read can be written and read
//! again.
#![no_main]

use ch04_http::fault::Fault;
use ch04_http::framing;
use ch04_http::head::{Head, Request};
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
        if let Some(len) = head.read_request(&bytes[..end], limits)? {
            return Ok(Some(len));
        }
    }
    head.read_request(bytes, limits)
}

fn written(request: &Request<'_>) -> Vec<u8> {
    let mut bytes = request.line().to_vec();
    bytes.extend(b"\r\n");
    for field in request.fields().iter() {
        bytes.extend([field.name.as_bytes(), b":", field.value].concat());
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"\r\n");
    bytes
}

fn check(bytes: &[u8], limits: &Limits) {
    let (mut head, mut split) = (Head::default(), Head::default());
    let whole = head.read_request(bytes, limits);
    assert_eq!(in_pieces(&mut split, bytes, limits), whole);
    let len = match whole {
        Ok(Some(len)) => len,
        Ok(None) => return assert!(bytes.len() <= limits.head()),
        Err(fault) => return assert!((400..600).contains(&fault.status())),
    };
    assert!(len <= limits.head());
    let request = Request::new(bytes, &head);
    let pieces = Request::new(bytes, &split);
    assert_eq!(format!("{request:?}"), format!("{pieces:?}"));
    assert!(request.fields().len() <= limits.fields);
    assert!(request.target().bytes().all(|b| b.is_ascii_graphic()));
    assert!(!request.path().is_empty());
    for field in request.fields().iter() {
        assert!(!field.value.iter().any(|byte| b"\0\r\n".contains(byte)));
    }
    let _ = (request.query(), request.authority());
    let _ = framing::of_request(&request, limits);

    let bytes = written(&request);
    let mut again = Head::default();
    let read = again.read_request(&bytes, limits);
    assert_eq!(read, Ok(Some(bytes.len())));
    let again = Request::new(&bytes, &again);
    assert_eq!(format!("{request:?}"), format!("{again:?}"));
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes, &LIMITS);
    check(bytes, &Limits::default());
    // The fuzzer need not find a first line to come to the fields.
    check(&[b"GET / HTTP/1.1\r\n", bytes].concat(), &LIMITS);
});
