//! What a request may carry over HTTP/2, and how it reads as HTTP/1.1.

use ch04_http::h2::hpack::Field;
use ch04_http::h2::message::{Malformed, Request};
use proptest::prelude::*;

const GET: [(&str, &str); 4] = [
    (":method", "GET"),
    (":scheme", "https"),
    (":authority", "example.com"),
    (":path", "/a?b=c"),
];

fn list(lines: &[(&str, &str)]) -> Vec<Field> {
    lines
        .iter()
        .map(|(n, v)| Field::new((*n).to_owned(), (*v).to_owned()))
        .collect()
}

/// [`GET`] with more fields behind it.
fn get(more: &[(&str, &str)]) -> Result<Request, Malformed> {
    Request::from_fields(&list(&[&GET, more].concat()))
}

/// [`GET`] with one of its fields replaced, or left out.
fn other(name: &str, value: Option<&str>) -> Result<Request, Malformed> {
    let mut lines = GET.to_vec();
    lines.retain(|line| line.0 != name);
    lines.extend(value.map(|value| (name, value)));
    Request::from_fields(&list(&lines))
}

fn text(request: &Request, body: Option<&[u8]>) -> String {
    String::from_utf8(request.to_http1(body).expect("it is a request").to_vec())
        .expect("it is ASCII")
}

#[test]
fn a_request_as_http1() {
    let request = get(&[
        ("accept", "*/*"),
        ("cookie", "a=b"),
        ("te", "trailers"),
        ("cookie", "c=d"),
        ("x", ""),
    ])
    .unwrap();
    assert_eq!(
        text(&request, None),
        "GET /a?b=c HTTP/1.1\r\nhost: example.com\r\naccept: */*\r\n\
         x: \r\ncookie: a=b; c=d\r\n\r\n"
    );
    let request = get(&[("content-length", "5")]).unwrap();
    let body = text(&request, Some(b"hello"));
    assert!(body.ends_with("content-length: 5\r\n\r\nhello"), "{body}");
    assert!(text(&get(&[]).unwrap(), Some(b"")).contains("length: 0\r\n"));
}

#[test]
fn names_and_values() {
    for name in [
        "", " ", "A", "a b", "a:", "a:b", "a\r", "a\n", "a\0", "ä", "(",
        "a\x7f",
    ] {
        let error = get(&[(name, "x")]).expect_err(name);
        assert!(matches!(error, Malformed::Name(_)), "{name:?}: {error}");
    }
    for value in [
        "\r", "a\nb", "a\0", " a", "a ", "\ta", "a\t", "a\x1f", "\x7f",
    ] {
        for name in ["x", "cookie", "host", "content-length", "te"] {
            let error = get(&[(name, value)]).expect_err(value);
            assert!(matches!(error, Malformed::Value(_)), "{name} {value:?}");
        }
        for (name, _) in GET {
            let error = other(name, Some(value)).expect_err(value);
            assert!(matches!(error, Malformed::Value(_)), "{name} {value:?}");
        }
    }
    assert!(get(&[("x", "a\tb c"), ("y", "ä"), ("z", "")]).is_ok());
}

#[test]
fn pseudo_header_fields() {
    for (name, lines) in [
        ("behind a field", &[("x", "y"), (":method", "GET")][..]),
        ("of a response", &[(":status", "200")]),
        ("unknown", &[(":protocol", "websocket")]),
        ("without a name", &[(":", "x")]),
    ] {
        let error = get(lines).expect_err(name);
        assert!(matches!(error, Malformed::Pseudo(_)), "{name}: {error}");
    }
    for (name, value) in GET {
        let error = get(&[(name, value)]).unwrap_err();
        assert!(matches!(error, Malformed::Twice(_)), "{name}: {error}");
    }
    for name in [":method", ":scheme", ":path"] {
        let error = other(name, None).expect_err(name);
        assert_eq!(error, Malformed::Missing(name));
        let error = other(name, Some("")).expect_err(name);
        assert!(matches!(error, Malformed::Value(_)), "{name}: {error}");
    }
}

#[test]
fn values_that_http1_would_read_otherwise() {
    for (name, value) in [
        (":method", "GET /"),
        (":scheme", "https://"),
        (":authority", "a/b"),
        (":authority", "user@example.com"),
        (":authority", "a b"),
        (":path", "a"),
        (":path", "/a b"),
        (":path", "/a#b"),
        (":path", "/ä"),
        (":path", "http://other/"),
    ] {
        let error = other(name, Some(value)).expect_err(value);
        assert!(matches!(error, Malformed::Value(_)), "{name} {value}");
    }
    let error = other(":path", Some("*")).unwrap_err();
    assert_eq!(error, Malformed::Control(":path"));
    let lines = [(":method", "OPTIONS"), (":scheme", "http"), (":path", "*")];
    let options = Request::from_fields(&list(&lines)).unwrap();
    assert_eq!(text(&options, None), "OPTIONS * HTTP/1.1\r\nhost: \r\n\r\n");
}

#[test]
fn connect_has_an_authority_and_no_path() {
    let connect = [(":method", "CONNECT"), (":authority", "example.com:443")];
    let request = Request::from_fields(&list(&connect)).unwrap();
    assert_eq!(request.path(), None);
    assert_eq!(request.authority(), Some(&b"example.com:443"[..]));
    assert!(request.to_http1(None).is_err());
    let error = Request::from_fields(&list(&connect[..1])).unwrap_err();
    assert_eq!(error, Malformed::Missing(":authority"));
    assert!(other(":method", Some("CONNECT")).is_err());
}

#[test]
fn fields_about_the_connection() {
    for (name, value) in [
        ("connection", "close"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "close"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("te", "gzip"),
        ("te", "trailers, gzip"),
        ("te", ""),
    ] {
        let error = get(&[(name, value)]).expect_err(name);
        assert!(matches!(error, Malformed::ConnectionSpecific(_)), "{name}");
    }
}

#[test]
fn one_host() {
    assert!(get(&[("host", "EXAMPLE.com")]).is_ok());
    let error = get(&[("host", "other.com")]).unwrap_err();
    assert_eq!(error, Malformed::TwoHosts);
    let error = get(&[("host", "example.com"), ("host", "example.com")]);
    assert!(matches!(error, Err(Malformed::Twice(_))));
    let mut lines = GET.to_vec();
    lines.remove(2);
    lines.push(("host", "other.com"));
    let request = Request::from_fields(&list(&lines)).unwrap();
    assert!(text(&request, None).contains("\r\nhost: other.com\r\n"));
}

#[test]
fn a_length_is_one_number_and_the_body_has_it() {
    for value in ["", "+5", "-1", "5, 5", "0x5", "18446744073709551616"] {
        let error = get(&[("content-length", value)]).expect_err(value);
        assert_eq!(error, Malformed::ContentLength, "{value}");
    }
    let twice = [("content-length", "5"), ("content-length", "6")];
    assert_eq!(get(&twice).unwrap_err(), Malformed::ContentLength);
    let request = get(&[("content-length", "5")]).unwrap();
    assert!(request.check_body(5, false).is_ok());
    assert!(request.check_body(4, false).is_ok());
    assert!(request.check_body(4, true).is_err());
    assert!(request.check_body(6, false).is_err());
    assert!(request.to_http1(None).is_err());
    assert!(request.to_http1(Some(b"hello!")).is_err());
}

fn octets(most: usize) -> impl Strategy<Value = Vec<u8>> {
    // Often such as would end a line, a name, or a header.
    let octet = prop_oneof![
        prop::sample::select(b"\r\n: \t\0/*aA".to_vec()),
        any::<u8>(),
        b'a'..=b'z',
    ];
    prop::collection::vec(octet, 0..most)
}

proptest! {
    /// Whatever the fields are, a request that passes is one request, with
    /// the parts that it had.
    #[test]
    fn what_passes_is_one_request(
        path in octets(6),
        host in octets(4),
        lines in prop::collection::vec((octets(4), octets(6)), 0..4),
        body in prop::option::of(octets(40)),
    ) {
        let path = [b"/", &path[..]].concat();
        let mut fields = vec![
            Field::new(":method", "POST"),
            Field::new(":scheme", "http"),
            Field::new(":authority", host),
            Field::new(":path", path.clone()),
        ];
        fields.extend(lines.into_iter().map(|(n, v)| Field::new(n, v)));
        let Ok(request) = Request::from_fields(&fields) else {
            return Ok(());
        };
        let Ok(text) = request.to_http1(body.as_deref()) else {
            return Ok(());
        };
        let mut headers = [httparse::EMPTY_HEADER; 16];
        let mut parsed = httparse::Request::new(&mut headers);
        let end = parsed.parse(&text).unwrap().unwrap();
        prop_assert_eq!(parsed.path.unwrap().as_bytes(), &path[..]);
        prop_assert_eq!(&text[end..], body.as_deref().unwrap_or(b""));
        let lengths: Vec<_> = parsed
            .headers
            .iter()
            .filter(|h| h.name == "content-length")
            .collect();
        prop_assert_eq!(lengths.len(), usize::from(body.is_some()));
        let mut sent = fields.len() - 4 + 1 + lengths.len();
        let cookies = fields.iter().filter(|f| f.name == "cookie").count();
        sent -= cookies.saturating_sub(1);
        let dropped = ["te", "host", "content-length"];
        sent -= fields
            .iter()
            .filter(|f| dropped.iter().any(|name| f.name == *name))
            .count();
        prop_assert_eq!(parsed.headers.len(), sent);
    }
}
