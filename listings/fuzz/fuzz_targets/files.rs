//! What a request says of files (4.3): no name leads out of a directory, no
//! range out of a file, and any condition has an outcome.
#![no_main]

use std::fs;
use std::time::SystemTime;

use ch04_http::files::path::encode;
use ch04_http::files::{Ranges, Validators, segments};
use ch04_http::head::{Head, Request};
use ch04_http::limits::Limits;
use libfuzzer_sys::fuzz_target;

fn path(path: &str) {
    let Ok(names) = segments(path) else {
        return;
    };
    for name in &names {
        assert!(!name.is_empty() && name != "." && name != "..");
        assert!(!name.contains(['/', '\0']));
    }
    let again = encode(&names);
    assert!(again.is_empty() || segments(&again) == Ok(names));
    assert!(!again.starts_with("//") && !again.contains(['\\', '\r', '\n']));
}

fn ranges(value: &[u8], len: u64) {
    if let Ranges::Some(ranges) = Ranges::parse(value, len) {
        assert!(!ranges.is_empty() && ranges.len() <= 16);
        let mut total = 0;
        for range in ranges {
            assert!(range.start < range.end && range.end <= len);
            total += u128::from(range.end - range.start);
            range.of(len);
        }
        assert!(total <= u128::from(len));
    }
}

fn conditions(fields: &[u8]) {
    let mut bytes = b"GET / HTTP/1.1\r\nHost: x\r\n".to_vec();
    bytes.extend_from_slice(fields);
    bytes.extend_from_slice(b"\r\n\r\n");
    let mut head = Head::default();
    if let Ok(Some(_)) = head.read_request(&bytes, &Limits::default()) {
        let data = fs::metadata("/").expect("there is a root");
        let validators = Validators::of(&data, SystemTime::now());
        let fields = Request::new(&bytes, &head).fields();
        validators.judge(&fields);
        validators.if_range(&fields);
    }
}

fuzz_target!(|octets: &[u8]| {
    let Some((len, octets)) = octets.split_first_chunk() else {
        return;
    };
    ranges(octets, u64::from_le_bytes(*len));
    conditions(octets);
    if let Ok(text) = str::from_utf8(octets) {
        path(text);
    }
});
