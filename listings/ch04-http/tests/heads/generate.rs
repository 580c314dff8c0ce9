//! Bytes that are heads, or nearly.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Half of the time the first, which is good.
fn mostly(
    good: &'static [&'static str],
    bad: &'static [&'static str],
) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![9 => select(good), 1 => select(bad)]
        .prop_map(|text| text.as_bytes().to_vec())
}

fn method() -> impl Strategy<Value = Vec<u8>> {
    mostly(
        &["GET", "POST", "OPTIONS", "CONNECT", "get", "A-Token"],
        &[
            "",
            "G@T",
            "G\tT",
            "GET\0",
            "GÉT",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ],
    )
}

fn target() -> impl Strategy<Value = Vec<u8>> {
    mostly(
        &[
            "/",
            "/a/b?c=d",
            "/0123456789",
            "http://x/",
            "*",
            "x:80",
            "/%2e",
        ],
        &[
            "", "x", "/é", "/a b", "/\x7f", "/#f", "http://", "/\t", "//u@x",
        ],
    )
}

fn version() -> impl Strategy<Value = Vec<u8>> {
    mostly(
        &["HTTP/1.1", "HTTP/1.0"],
        &[
            "HTTP/2.0", "HTTP/1.2", "http/1.1", "HTTP/1", "HTTP/11", "", "X",
        ],
    )
}

fn status() -> impl Strategy<Value = Vec<u8>> {
    mostly(
        &["200", "404", "100", "999"],
        &["", "20", "2000", "020", "2x0", "+20", " 20"],
    )
}

fn reason() -> impl Strategy<Value = Vec<u8>> {
    mostly(
        &[" OK", " ", "", " Not Found", " a\tb ", " ça va"],
        &["OK", "\tOK", " a\0", " a\rb"],
    )
}

fn space() -> impl Strategy<Value = Vec<u8>> {
    mostly(&[" "], &["", "  ", "\t"])
}

fn end() -> impl Strategy<Value = Vec<u8>> {
    let bad = &["\n", "\r", "\r\r\n", " \r\n", "\n\r", ""];
    prop_oneof![20 => Just("\r\n"), 1 => select(&bad[..])]
        .prop_map(|text| text.as_bytes().to_vec())
}

fn front() -> impl Strategy<Value = Vec<u8>> {
    mostly(
        &["", "", "", "\r\n"],
        &["\n", "\r", "\r\n\r\n", " ", "\n\r\n"],
    )
}

fn field() -> impl Strategy<Value = Vec<u8>> {
    let name = mostly(
        &["Host", "a", "Content-Length", "X_~", "sec-fetch-site"],
        &["", " a", "a b", "a(", "ä", "a\0", "\t", "GET / HTTP/1.1"],
    );
    let colon = mostly(
        &[":", ": ", ":\t", ":   "],
        &["", " :", "::", "\t:", ":\r\n ", ";"],
    );
    let value = mostly(
        &["", "x", "a value  ", "a\tb", "0123456789abcdef", "é", "a:b"],
        &["\0", "a\rb", "\x7f", "a\x1bb", "a\nb", "a\r\n b"],
    );
    (name, colon, value, end()).prop_map(|(name, colon, value, end)| {
        [name, colon, value, end].concat()
    })
}

fn section() -> impl Strategy<Value = Vec<u8>> {
    (vec(field(), 0..6), end())
        .prop_map(|(fields, end)| [fields.concat(), end].concat())
}

/// One change to bytes that were right.
fn change() -> impl Strategy<Value = (u8, Index, u8)> {
    let byte = prop_oneof![
        3 => select(&b"\0\t\n\r :/\"#%*@[]0aAZ\x7f\x80\xff"[..]),
        1 => any::<u8>(),
    ];
    (0_u8..5, any::<Index>(), byte)
}

fn changed(mut bytes: Vec<u8>, changes: &[(u8, Index, u8)]) -> Vec<u8> {
    for (how, place, byte) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match how {
            0 => bytes[at] = *byte,
            1 => bytes.insert(at, *byte),
            2 => drop(bytes.remove(at)),
            3 => {
                let twice = bytes[at..].to_vec();
                bytes.extend(twice);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn mutated(
    head: impl Strategy<Value = Vec<u8>>,
) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop_oneof![1 => Just(Vec::new()), 1 => vec(change(), 1..4)];
    (head, changes).prop_map(|(head, changes)| changed(head, &changes))
}

/// Requests, and what looks like some.
pub fn request() -> impl Strategy<Value = Vec<u8>> {
    let line = (
        front(),
        method(),
        space(),
        target(),
        space(),
        version(),
        end(),
    )
        .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].concat());
    mutated((line, section()).prop_map(|(a, b)| [a, b].concat()))
}

/// Responses, and what looks like some.
pub fn response() -> impl Strategy<Value = Vec<u8>> {
    let line = (front(), version(), space(), status(), reason(), end())
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat());
    mutated((line, section()).prop_map(|(a, b)| [a, b].concat()))
}

/// Field sections, and what looks like some.
pub fn trailer() -> impl Strategy<Value = Vec<u8>> {
    mutated(section())
}

/// Any of these, or bytes at random.
pub fn anything() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => request(),
        3 => response(),
        1 => trailer(),
        1 => vec(any::<u8>(), 0..64),
    ]
}
