//! A head that arrives whole is read where it is.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use ch04_http::framing::{self, Asked};
use ch04_http::head::{Head, Request, Response};
use ch04_http::limits::Limits;

fn section(fields: usize) -> String {
    let line = |n| format!("X-Field-{n}: a value\r\n");
    let rest: String = (1..fields).map(line).collect();
    format!("Host: x\r\n{rest}\r\n")
}

fn request(fields: usize) -> AllocationInfo {
    let bytes = format!("GET /a HTTP/1.1\r\n{}", section(fields));
    let (bytes, limits) = (bytes.as_bytes(), Limits::default());
    measure(|| {
        let mut head = Head::default();
        assert_eq!(head.read_request(bytes, &limits), Ok(Some(bytes.len())));
        let request = Request::new(bytes, &head);
        framing::of_request(&request, &limits).unwrap();
        assert_eq!(request.fields().first("x-field-1"), Some(&b"a value"[..]));
        black_box((request.method(), request.path(), request.authority()));
    })
}

fn response(fields: usize) -> AllocationInfo {
    let bytes = format!("HTTP/1.1 200 OK\r\n{}", section(fields));
    let (bytes, limits) = (bytes.as_bytes(), Limits::default());
    measure(|| {
        let mut head = Head::default();
        assert_eq!(head.read_response(bytes, &limits), Ok(Some(bytes.len())));
        let response = Response::new(bytes, &head);
        framing::of_response(&response, Asked::Other, &limits).unwrap();
        black_box((response.status(), response.reason()));
    })
}

#[test]
fn none_up_to_16_fields() {
    for read in [request, response] {
        assert_eq!(read(16).count_total, 0);
        // The measure works.
        assert_eq!(read(17).count_total, 1);
        assert!(read(17).bytes_total < 2048);
    }
}

/// A head that is used again keeps its room.
#[test]
fn none_in_a_head_that_was_used() {
    let bytes = format!("GET /a HTTP/1.1\r\n{}", section(100));
    let (bytes, limits) = (bytes.as_bytes(), Limits::default());
    let mut head = Head::default();
    let mut read = || head.read_request(bytes, &limits).unwrap().unwrap();
    read();
    let again = measure(|| assert_eq!(read(), bytes.len()));
    assert_eq!(again.count_total, 0);
}
