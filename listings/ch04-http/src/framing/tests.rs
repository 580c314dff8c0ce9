use super::*;
use crate::head::Head;
use Expect as E;
use Fault as F;
use Framing::{Chunked, Length, Tunnel, UntilClose};

fn limits() -> Limits {
    Limits {
        body: 1000,
        ..Limits::default()
    }
}

/// Judges a request. `\n` stands for CR LF.
fn request(line: &str, fields: &str) -> Result<Meaning, Fault> {
    let text = format!("{line}\n{fields}\n").replace('\n', "\r\n");
    let mut head = Head::default();
    let len = head.read_request(text.as_bytes(), &limits())?;
    assert_eq!(len, Some(text.len()));
    of_request(&Request::new(text.as_bytes(), &head), &limits())
}

fn response(
    version: &str,
    code: u16,
    asked: Asked,
    fields: &str,
) -> Result<Meaning, Fault> {
    let text = format!("{version} {code} x\n{fields}\n").replace('\n', "\r\n");
    let mut head = Head::default();
    let len = head.read_response(text.as_bytes(), &limits())?;
    assert_eq!(len, Some(text.len()));
    of_response(&Response::new(text.as_bytes(), &head), asked, &limits())
}

/// RFC 9112, sections 6.1 to 6.3, and RFC 9110, section 8.6: what the fields
/// of a message in HTTP/1.1 say. `None`: nothing.
const FIELDS: &[(&str, Result<Option<Framing>, Fault>)] = &[
    ("", Ok(None)),
    // One number.
    ("Content-Length: 0\n", Ok(Some(Length(0)))),
    ("Content-Length: 5\n", Ok(Some(Length(5)))),
    ("content-LENGTH:\t5 \t\n", Ok(Some(Length(5)))),
    (
        "Content-Length: 0000000000000000000000005\n",
        Ok(Some(Length(5))),
    ),
    ("Content-Length: 1000\n", Ok(Some(Length(1000)))),
    ("Content-Length: 1001\n", Err(F::BodyTooLong)),
    (
        "Content-Length: 18446744073709551615\n",
        Err(F::BodyTooLong),
    ),
    (
        "Content-Length: 18446744073709551616\n",
        Err(F::BodyTooLong),
    ),
    (
        "Content-Length: 18446744073709551621\n",
        Err(F::BodyTooLong),
    ),
    (
        "Content-Length: 99999999999999999999999\n",
        Err(F::BodyTooLong),
    ),
    // What is none.
    ("Content-Length:\n", Err(F::LengthNotNumber)),
    ("Content-Length: +5\n", Err(F::LengthNotNumber)),
    ("Content-Length: -5\n", Err(F::LengthNotNumber)),
    ("Content-Length: 0x5\n", Err(F::LengthNotNumber)),
    ("Content-Length: 5.0\n", Err(F::LengthNotNumber)),
    ("Content-Length: 5e0\n", Err(F::LengthNotNumber)),
    ("Content-Length: 1_000\n", Err(F::LengthNotNumber)),
    ("Content-Length: 5 5\n", Err(F::LengthNotNumber)),
    ("Content-Length: 5;\n", Err(F::LengthNotNumber)),
    ("Content-Length: \"5\"\n", Err(F::LengthNotNumber)),
    ("Content-Length: \u{665}\n", Err(F::LengthNotNumber)),
    ("Content-Length: \u{a0}5\n", Err(F::LengthNotNumber)),
    // More than one.
    ("Content-Length: 5, 5\n", Err(F::LengthNotNumber)),
    ("Content-Length: 5, 6\n", Err(F::LengthNotNumber)),
    ("Content-Length: 5\nContent-Length: 5\n", Err(F::TwoLengths)),
    ("Content-Length: 5\nContent-Length: 6\n", Err(F::TwoLengths)),
    ("Content-Length: 5\nContent-Length: x\n", Err(F::TwoLengths)),
    // The one coding.
    ("Transfer-Encoding: chunked\n", Ok(Some(Chunked))),
    ("transfer-encoding:CHUNKED \n", Ok(Some(Chunked))),
    // None, or one that is not known.
    ("Transfer-Encoding:\n", Err(F::BadCoding)),
    ("Transfer-Encoding: ,\n", Err(F::BadCoding)),
    ("Transfer-Encoding: , chunked\n", Err(F::BadCoding)),
    ("Transfer-Encoding: \"chunked\"\n", Err(F::BadCoding)),
    ("Transfer-Encoding: chunked gzip\n", Err(F::BadCoding)),
    ("Transfer-Encoding: chunked;\n", Err(F::BadCoding)),
    ("Transfer-Encoding: chunked;a=b\n", Err(F::BadCoding)),
    ("Transfer-Encoding: chunked ; a=b\n", Err(F::BadCoding)),
    (
        "Transfer-Encoding: gzip;a=\", chunked\"\n",
        Err(F::BadCoding),
    ),
    ("Transfer-Encoding: \u{130}\n", Err(F::BadCoding)),
    ("Transfer-Encoding: chun\u{212a}ed\n", Err(F::BadCoding)),
    ("Transfer-Encoding: xchunked\n", Err(F::UnknownCoding)),
    ("Transfer-Encoding: identity\n", Err(F::UnknownCoding)),
    ("Transfer-Encoding: gzip\n", Err(F::UnknownCoding)),
    ("Transfer-Encoding: gzip;a=b\n", Err(F::UnknownCoding)),
    ("Transfer-Encoding: gzip, chunked\n", Err(F::UnknownCoding)),
    // Chunked, and something behind it.
    ("Transfer-Encoding: chunked,\n", Err(F::ChunkedNotLast)),
    (
        "Transfer-Encoding: chunked, identity\n",
        Err(F::ChunkedNotLast),
    ),
    ("Transfer-Encoding: chunked, gzip\n", Err(F::ChunkedNotLast)),
    (
        "Transfer-Encoding: chunked, chunked\n",
        Err(F::ChunkedNotLast),
    ),
    (
        "Transfer-Encoding: gzip, chunked, gzip\n",
        Err(F::ChunkedNotLast),
    ),
    (
        "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n",
        Err(F::ChunkedNotLast),
    ),
    (
        "Transfer-Encoding: chunked\nTransfer-Encoding: identity\n",
        Err(F::ChunkedNotLast),
    ),
    (
        "Transfer-Encoding: identity\nTransfer-Encoding: chunked\n",
        Err(F::UnknownCoding),
    ),
    (
        "Transfer-Encoding:\nTransfer-Encoding: chunked\n",
        Err(F::BadCoding),
    ),
    // Both.
    (
        "Content-Length: 5\nTransfer-Encoding: chunked\n",
        Err(F::LengthAndCoding),
    ),
    (
        "Transfer-Encoding: chunked\nContent-Length: 5\n",
        Err(F::LengthAndCoding),
    ),
    (
        "Transfer-Encoding: identity\nContent-Length: 5\n",
        Err(F::LengthAndCoding),
    ),
    (
        "Transfer-Encoding: xchunked\nContent-Length: 5\n",
        Err(F::LengthAndCoding),
    ),
    (
        "Transfer-Encoding: chunked, identity\nContent-Length: 5\n",
        Err(F::ChunkedNotLast),
    ),
    (
        "Transfer-Encoding: \"chunked\"\nContent-Length: 5\n",
        Err(F::BadCoding),
    ),
    (
        "Transfer-Encoding: chunked\nContent-Length: 0\n",
        Err(F::LengthAndCoding),
    ),
    (
        "Transfer-Encoding: chunked\nContent-Length: x\n",
        Err(F::LengthNotNumber),
    ),
    // What looks like it and is another field.
    ("Content_Length: 5\nTransfer_Encoding: chunked\n", Ok(None)),
    (
        "X-Content-Length: 5\nTransfer-Encodings: chunked\n",
        Ok(None),
    ),
    ("TE: chunked\nTrailer: Content-Length\n", Ok(None)),
];

/// Section 6: the framing of a request does not depend on its method.
#[test]
fn requests_by_their_fields() {
    for (fields, want) in FIELDS {
        for method in ["GET", "HEAD", "POST", "DELETE", "TRACE", "PURGE"] {
            let line = format!("{method} / HTTP/1.1");
            let found = request(&line, &format!("Host: x\n{fields}"));
            let want = want.map(|framing| framing.unwrap_or(Length(0)));
            let found = found.map(|meaning| meaning.framing);
            assert_eq!(found, want, "{method} {fields:?}");
        }
        let found = request("CONNECT x:1 HTTP/1.1", "Host: x:1\n");
        assert_eq!(found.map(|meaning| meaning.framing), Ok(Length(0)));
    }
}

#[test]
fn responses_by_their_fields() {
    for (fields, want) in FIELDS {
        for code in [200, 201, 206, 301, 400, 404, 500, 999] {
            for asked in [Asked::Other, Asked::Connect] {
                if asked == Asked::Connect && code < 300 {
                    continue;
                }
                let found = response("HTTP/1.1", code, asked, fields);
                let want = want.map(|framing| framing.unwrap_or(UntilClose));
                let found = found.map(|meaning| meaning.framing);
                assert_eq!(found, want, "{code} {fields:?}");
            }
        }
    }
}

/// Section 6.3, item 1: these have no content, whatever their fields say;
/// but the fields still have to make sense.
#[test]
fn responses_without_content() {
    for (fields, want) in FIELDS {
        let want = match want {
            // The length of what was not sent is not limited.
            Err(F::BodyTooLong) => {
                let number = fields.trim_end().rsplit(' ').next();
                match number.unwrap().parse::<u64>() {
                    Ok(_) => Ok(Length(0)),
                    Err(_) => Err(F::BodyTooLong),
                }
            }
            Err(fault) => Err(*fault),
            Ok(_) => Ok(Length(0)),
        };
        for (code, asked) in [
            (200, Asked::Head),
            (404, Asked::Head),
            (304, Asked::Head),
            (204, Asked::Other),
            (304, Asked::Other),
            (100, Asked::Other),
            (102, Asked::Connect),
            (103, Asked::Other),
            (199, Asked::Other),
        ] {
            let found = response("HTTP/1.1", code, asked, fields);
            let found = found.map(|meaning| meaning.framing);
            assert_eq!(found, want, "{code} {asked:?} {fields:?}");
        }
    }
}

/// Item 2, and RFC 9110, section 15.2.2: behind these comes no HTTP. Their
/// fields do not matter.
#[test]
fn tunnels() {
    for fields in ["", "Content-Length: 5\n", "Transfer-Encoding: x, y\n"] {
        for (code, asked) in [
            (101, Asked::Other),
            (101, Asked::Head),
            (101, Asked::Connect),
            (200, Asked::Connect),
            (204, Asked::Connect),
            (299, Asked::Connect),
        ] {
            let found = response("HTTP/1.1", code, asked, fields).unwrap();
            assert_eq!(found.framing, Tunnel, "{code} {asked:?}");
            assert!(!found.keep_alive);
        }
    }
}

/// Section 6.1: a message in HTTP/1.0 with a coding has faulty framing.
#[test]
fn http_1_0_has_lengths_alone() {
    for fields in [
        "Transfer-Encoding: chunked\n",
        "Transfer-Encoding: gzip\n",
        "Transfer-Encoding:\n",
    ] {
        let found = request("POST / HTTP/1.0", fields);
        assert_eq!(found, Err(F::CodingInOldVersion));
        let found = response("HTTP/1.0", 200, Asked::Other, fields);
        assert_eq!(found, Err(F::CodingInOldVersion));
    }
    let both = "Content-Length: 5\nTransfer-Encoding: chunked\n";
    let found = request("POST / HTTP/1.0", both);
    assert_eq!(found, Err(F::CodingInOldVersion));
    let found = request("POST / HTTP/1.0", "Content-Length: 5\n").unwrap();
    assert_eq!(found.framing, Length(5));
    let found = response("HTTP/1.0", 200, Asked::Other, "").unwrap();
    assert_eq!(found.framing, UntilClose);
}

/// RFC 9112, section 9.3.
#[test]
fn persistence() {
    for (fields, in_1_1, in_1_0) in [
        ("", true, false),
        ("Connection: keep-alive\n", true, true),
        ("Connection: Keep-Alive\n", true, true),
        ("Connection: close\n", false, false),
        ("connection: CLOSE\n", false, false),
        ("Connection: close, keep-alive\n", false, false),
        ("Connection: keep-alive\nConnection: close\n", false, false),
        ("Connection: x, , close ,y\n", false, false),
        ("Connection: x, keep-alive\n", true, true),
        ("Connection: closed\n", true, false),
        ("Connection: \"close\"\n", true, false),
        ("Connection:\n", true, false),
        ("Proxy-Connection: keep-alive\n", true, false),
        ("Keep-Alive: timeout=5\n", true, false),
        ("Close: yes\n", true, false),
    ] {
        for (version, want) in [("1.1", in_1_1), ("1.0", in_1_0)] {
            let line = format!("GET / HTTP/{version}");
            let found = request(&line, &format!("Host: x\n{fields}"));
            assert_eq!(found.unwrap().keep_alive, want, "{line} {fields:?}");

            let version = format!("HTTP/{version}");
            let length = format!("{fields}Content-Length: 0\n");
            let found = response(&version, 200, Asked::Other, &length);
            assert_eq!(found.unwrap().keep_alive, want, "{fields:?}");
            let found = response(&version, 304, Asked::Other, fields);
            assert_eq!(found.unwrap().keep_alive, want, "{fields:?}");
            // The end of the content is the end of the connection.
            let found = response(&version, 200, Asked::Other, fields);
            assert!(!found.unwrap().keep_alive, "{fields:?}");
        }
    }
}

/// RFC 9110, section 10.1.1.
#[test]
fn expectations() {
    for (fields, want) in [
        ("", E::Nothing),
        ("Expect: 100-continue\n", E::Continue),
        ("expect: 100-Continue \n", E::Continue),
        ("Expect: 100-continue, 100-continue\n", E::Continue),
        ("Expect: , 100-continue\n", E::Continue),
        ("Expect: 100-continue\nExpect: 100-continue\n", E::Continue),
        ("Expect:\n", E::Nothing),
        ("Expect: 100\n", E::Unknown),
        ("Expect: 100-continue;a\n", E::Unknown),
        ("Expect: 100-continue, tea\n", E::Unknown),
        ("Expect: tea, 100-continue\n", E::Unknown),
        ("Expect: tea\nExpect: 100-continue\n", E::Unknown),
    ] {
        for (framing, content) in [
            ("Content-Length: 5\n", true),
            ("Transfer-Encoding: chunked\n", true),
            ("Content-Length: 0\n", false),
            ("", false),
        ] {
            let fields = format!("Host: x\n{fields}{framing}");
            let found = request("PUT / HTTP/1.1", &fields).unwrap();
            let want = match want {
                E::Continue if !content => E::Nothing,
                want => want,
            };
            assert_eq!(found.expect, want, "{fields:?}");
        }
        let fields = format!("{fields}Content-Length: 5\n");
        let found = request("PUT / HTTP/1.0", &fields).unwrap();
        assert_eq!(found.expect, E::Nothing, "{fields:?}");
    }
}

/// RFC 9110, section 7.8.
#[test]
fn upgrades() {
    for (fields, want) in [
        ("Upgrade: x\n", false),
        ("Connection: upgrade\n", true),
        ("Connection: keep-alive, Upgrade\n", true),
        ("Connection: upgraded\n", false),
    ] {
        let fields = format!("Host: x\n{fields}");
        let found = request("GET / HTTP/1.1", &fields).unwrap();
        assert_eq!(found.upgrade, want, "{fields:?}");
        assert!(!request("GET / HTTP/1.0", &fields).unwrap().upgrade);
    }
}

/// RFC 9112, section 3.2.
#[test]
fn hosts() {
    for (fields, in_1_1, in_1_0) in [
        ("", Some(F::NoHost), None),
        ("Host: x\n", None, None),
        ("Host:\n", None, None),
        ("Host: [::1]:80\n", None, None),
        ("Host: x\nHost: x\n", Some(F::TwoHosts), Some(F::TwoHosts)),
        ("Host: x, y\n", Some(F::BadHost), Some(F::BadHost)),
        ("Host: x/\n", Some(F::BadHost), Some(F::BadHost)),
        ("Host: u@x\n", Some(F::BadHost), Some(F::BadHost)),
        ("Host: x:y\n", Some(F::BadHost), Some(F::BadHost)),
    ] {
        let found = request("GET / HTTP/1.1", fields);
        assert_eq!(found.err(), in_1_1, "{fields:?}");
        let found = request("GET / HTTP/1.0", fields);
        assert_eq!(found.err(), in_1_0, "{fields:?}");
    }
    // A response has none, and needs none.
    assert!(response("HTTP/1.1", 200, Asked::Other, "Host: /\n").is_ok());
}

#[test]
fn what_a_method_asks() {
    assert_eq!(Asked::by("HEAD"), Asked::Head);
    assert_eq!(Asked::by("CONNECT"), Asked::Connect);
    // Methods are case-sensitive (RFC 9110, section 9.1).
    for method in ["GET", "head", "Connect", "HEADS", ""] {
        assert_eq!(Asked::by(method), Asked::Other);
    }
}
