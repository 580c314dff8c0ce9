//! A table a section of RFC 9112. Each head is read whole, and a byte at a
//! time: nothing may depend on that.

use std::ptr::fn_addr_eq;

use super::*;
use crate::fault::Fault as F;

/// What was read, written down: the first line's parts, then the fields.
type Outcome = Result<(usize, String), F>;

type Reader = fn(&mut Head, &[u8], &Limits) -> Result<Option<usize>, F>;

fn described(head: &Head, bytes: &[u8], reader: Reader) -> String {
    let request = Request::new(bytes, head);
    let response = Response::new(bytes, head);
    let mut text = if fn_addr_eq(reader, Head::read_request as Reader) {
        let (method, target) = (request.method(), request.target());
        format!("{method} {target} {}", request.version())
    } else if fn_addr_eq(reader, Head::read_response as Reader) {
        let reason = response.reason().escape_ascii();
        format!("{} {} {reason}", response.version(), response.status())
    } else {
        String::new()
    };
    for field in head.fields(bytes).iter() {
        text += &format!("|{}={}", field.name, field.value.escape_ascii());
    }
    text
}

/// Reads `bytes` whole and a byte at a time, and checks that both say the
/// same, at the same byte.
#[track_caller]
fn read(bytes: &[u8], limits: &Limits, reader: Reader) -> Option<Outcome> {
    let mut pieces = Head::default();
    let mut ended = None;
    for end in 0..=bytes.len() {
        let outcome = match reader(&mut pieces, &bytes[..end], limits) {
            Ok(None) => None,
            Ok(Some(len)) => {
                assert_eq!(len, end, "a head ends where it is whole");
                Some(Ok((len, described(&pieces, &bytes[..end], reader))))
            }
            Err(fault) => Some(Err(fault)),
        };
        let mut whole = Head::default();
        let again = match reader(&mut whole, &bytes[..end], limits) {
            Ok(None) => None,
            Ok(Some(len)) => Some(Ok((len, described(&whole, bytes, reader)))),
            Err(fault) => Some(Err(fault)),
        };
        let prefix = bytes[..end].escape_ascii();
        assert_eq!(outcome, again, "after {prefix}");
        ended = outcome;
        if ended.is_some() {
            break;
        }
    }
    // And nothing behind it matters.
    let mut whole = Head::default();
    let all = match reader(&mut whole, bytes, limits) {
        Ok(None) => None,
        Ok(Some(len)) => Some(Ok((len, described(&whole, bytes, reader)))),
        Err(fault) => Some(Err(fault)),
    };
    assert_eq!(ended, all, "whole {}", bytes.escape_ascii());
    ended
}

#[track_caller]
fn request(bytes: impl AsRef<[u8]>) -> Result<String, F> {
    let limits = Limits::default();
    let read = read(bytes.as_ref(), &limits, Head::read_request);
    read.expect("not whole").map(|(_, text)| text)
}

#[track_caller]
fn response(bytes: impl AsRef<[u8]>) -> Result<String, F> {
    let limits = Limits::default();
    let read = read(bytes.as_ref(), &limits, Head::read_response);
    read.expect("not whole").map(|(_, text)| text)
}

fn good(text: &str) -> Result<String, F> {
    Ok(text.to_owned())
}

/// A request that has this field line, and what was read of the line.
#[track_caller]
fn line(line: impl AsRef<[u8]>) -> Result<String, F> {
    let before = b"GET / HTTP/1.1\r\nA: 1\r\n";
    let text = request([before, line.as_ref(), b"\r\n\r\n"].concat())?;
    let fields = text.strip_prefix("GET / HTTP/1.1|A=1").unwrap();
    Ok(fields.trim_start_matches('|').to_owned())
}

/// Section 2.2: lines end with CR LF, a CR is nowhere else; an empty line in
/// front is skipped.
#[test]
fn lines() {
    let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let read = good("GET / HTTP/1.1|Host=x");
    for (bytes, want) in [
        (get.to_owned(), read.clone()),
        (format!("\r\n{get}"), read.clone()),
        // One is forgiven.
        (format!("\r\n\r\n{get}"), Err(F::NoVersion)),
        (format!("\n{get}"), Err(F::BareLf)),
        (format!("\r{get}"), Err(F::BareCr)),
        (format!("\r\r\n{get}"), Err(F::BareCr)),
        (format!(" {get}"), Err(F::MethodByte(b' '))),
        (format!("\t{get}"), Err(F::MethodByte(b'\t'))),
        (get.replacen("\r\n", "\n", 1), Err(F::BareLf)),
        (get.replace("x\r\n", "x\n"), Err(F::BareLf)),
        (get.replace("x\r\n\r\n", "x\r\n\n"), Err(F::BareLf)),
        (get.replacen("\r\n", "\r", 1), Err(F::BareCr)),
        (get.replacen("\r\n", "\r\r\n", 1), Err(F::BareCr)),
        (get.replacen("\r\n", "\n\r", 1), Err(F::BareLf)),
        (get.replace("x\r\n", "x\r"), Err(F::BareCr)),
        (get.replace("x\r\n", "x\r\r\n"), Err(F::BareCr)),
        (get.replace("x\r\n\r\n", "x\r\n\r\r\n"), Err(F::BareCr)),
        (get.replace("Host", "Ho\rst"), Err(F::BareCr)),
        (get.replace("Host", "Ho\nst"), Err(F::BareLf)),
        (get.replace(": x", ":\rx"), Err(F::BareCr)),
        // White space between the first line and the fields.
        (get.replace("Host", " Host"), Err(F::Folded)),
        (get.replace("Host", "\tHost"), Err(F::Folded)),
        (get.replace("Host", " \r\nHost"), Err(F::Folded)),
        // What is behind the head is not looked at.
        (format!("{get}\0\n\r"), read),
    ] {
        assert_eq!(request(&bytes), want, "{bytes:?}");
    }
    assert_eq!(response("\r\nHTTP/1.1 200 OK\r\n\r\n"), Err(F::NoVersion));
}

/// Section 2.3: `HTTP/` in upper case, a digit, a point, a digit.
#[test]
fn versions() {
    for (version, want) in [
        ("HTTP/1.1", good("GET / HTTP/1.1")),
        ("HTTP/1.0", good("GET / HTTP/1.0")),
        ("HTTP/1.2", Err(F::Version(1, 2))),
        ("HTTP/1.9", Err(F::Version(1, 9))),
        ("HTTP/0.9", Err(F::Version(0, 9))),
        ("HTTP/2.0", Err(F::Version(2, 0))),
        ("HTTP/3.1", Err(F::Version(3, 1))),
        ("HTTP/2", Err(F::NoVersion)),
        ("HTTP/1", Err(F::NoVersion)),
        ("HTTP/1.", Err(F::NoVersion)),
        ("HTTP/1.10", Err(F::NoVersion)),
        ("HTTP/1.1 ", Err(F::NoVersion)),
        ("HTTP/1.1\t", Err(F::NoVersion)),
        ("HTTP/1.1x", Err(F::NoVersion)),
        ("HTTP/01.1", Err(F::NoVersion)),
        ("HTTP/1,1", Err(F::NoVersion)),
        ("HTTP 1.1", Err(F::NoVersion)),
        ("http/1.1", Err(F::NoVersion)),
        ("Http/1.1", Err(F::NoVersion)),
        ("HTTPS/1.1", Err(F::NoVersion)),
        (" HTTP/1.1", Err(F::NoVersion)),
        ("ICY", Err(F::NoVersion)),
        ("", Err(F::NoVersion)),
        ("HTTP/1.\u{661}", Err(F::NoVersion)),
        ("HTTP/1.\0", Err(F::Control(0))),
        ("HTTP/1.1\0", Err(F::Control(0))),
    ] {
        let bytes = format!("GET / {version}\r\n\r\n");
        assert_eq!(request(&bytes), want, "{version:?}");
    }
    // HTTP/0.9 had no version.
    assert_eq!(request("GET /\r\n\r\n"), Err(F::NoVersion));
    assert_eq!(request("GET\r\n\r\n"), Err(F::NoVersion));
}

/// Section 3: single spaces between the parts.
#[test]
fn request_line() {
    for (text, want) in [
        ("GET  / HTTP/1.1", Err(F::TargetByte(b' '))),
        ("GET /  HTTP/1.1", Err(F::NoVersion)),
        ("GET\t/ HTTP/1.1", Err(F::MethodByte(b'\t'))),
        ("GET /\tHTTP/1.1", Err(F::TargetByte(b'\t'))),
        ("GET /\x0bHTTP/1.1", Err(F::Control(0x0b))),
        ("GET / HTTP/1.1 HTTP/1.1", Err(F::NoVersion)),
        ("GET /a b HTTP/1.1", Err(F::NoVersion)),
        (" / HTTP/1.1", Err(F::MethodByte(b' '))),
        ("GET  HTTP/1.1", Err(F::TargetByte(b' '))),
        ("GET \r\n HTTP/1.1", Err(F::NoVersion)),
    ] {
        let bytes = format!("{text}\r\nHost: x\r\n\r\n");
        assert_eq!(request(&bytes), want, "{text:?}");
    }
}

/// Section 3.1: a method is a token, and its case matters.
#[test]
fn methods() {
    for good in [
        "GET",
        "get",
        "PROPFIND",
        "M-SEARCH",
        "X",
        "!#$%&'*+-.^_`|~09Az",
    ] {
        let bytes = format!("{good} / HTTP/1.1\r\n\r\n");
        assert_eq!(request(bytes), Ok(format!("{good} / HTTP/1.1")));
    }
    for byte in 0..=255 {
        if ch02_concepts::fields::is_token_byte(byte) || byte == b' ' {
            continue;
        }
        let want = match byte {
            b'\r' => F::BareCr,
            b'\n' => F::BareLf,
            b'\t' => F::MethodByte(b'\t'),
            0..0x20 | 0x7f => F::Control(byte),
            _ => F::MethodByte(byte),
        };
        for bytes in [&[b'G', byte, b'T'][..], &[byte], &[b'G', byte]] {
            let bytes = [bytes, b" / HTTP/1.1\r\n\r\n"].concat();
            assert_eq!(request(&bytes), Err(want), "{byte:#04x}");
        }
    }
}

/// Section 3.2: four forms, each with the methods that have it.
#[test]
fn targets() {
    for good in [
        // 3.2.1, the origin form.
        "GET /",
        "GET //",
        "GET /a/b;c=d?e=f&g",
        "GET /?",
        "GET /%2e%2e/%00",
        "GET /a\\b|c^d`{e}\"<f>",
        "GET /http://x/",
        "OPTIONS /",
        // 3.2.2, the absolute form.
        "GET http://x",
        "GET http://x/",
        "GET http://x?y",
        "GET HTTP://x/",
        "GET http://x:80/",
        "GET http://x:/",
        "GET http://127.0.0.1/",
        "GET http://[::1]:80/",
        "GET a+b-c.1://x/",
        "OPTIONS http://x",
        // 3.2.3, the authority form.
        "CONNECT x:443",
        "CONNECT 127.0.0.1:443",
        "CONNECT [::1]:443",
        // 3.2.4, the asterisk form.
        "OPTIONS *",
    ] {
        let bytes = format!("{good} HTTP/1.1\r\n\r\n");
        assert_eq!(request(bytes), Ok(format!("{good} HTTP/1.1")));
    }
    for bad in [
        "GET *",
        "options *",
        "OPTIONS **",
        "GET x",
        "GET x:80",
        "GET ?x",
        "GET http",
        "GET http:",
        "GET http:/x",
        "GET http:///x",
        "GET http://:80/",
        "GET ://x/",
        "GET 1http://x/",
        "GET ht_tp://x/",
        "GET http://user@x/",
        "GET http://user:secret@x/",
        "GET http://x:port/",
        "GET http://x:123456/",
        "GET http://[::1/",
        "GET http://::1/",
        "GET http://[x]/",
        "GET http://x\\y/",
        "GET mailto:postmaster@x",
        // A fragment stays with the client.
        "GET /#a",
        "GET http://x/#a",
        "CONNECT /",
        "CONNECT x",
        "CONNECT x:",
        "CONNECT :443",
        "CONNECT x:443/",
        "CONNECT x:https",
        "CONNECT http://x:443",
        "CONNECT http://x:443/",
        "CONNECT ::1:443",
        "CONNECT user@x:443",
        "CONNECT *",
    ] {
        let bytes = format!("{bad} HTTP/1.1\r\n\r\n");
        assert_eq!(request(bytes), Err(F::TargetForm), "{bad:?}");
    }
    for byte in (0..=b' ').chain(0x7f..=255) {
        let want = match byte {
            b' ' => F::NoVersion,
            b'\r' => F::BareCr,
            b'\n' => F::BareLf,
            b'\t' | 0x80.. => F::TargetByte(byte),
            _ => F::Control(byte),
        };
        for place in 0..12 {
            let mut target = *b"/0123456789ab";
            target[place + 1] = byte;
            let bytes = [b"GET ", &target[..], b" HTTP/1.1\r\n\r\n"].concat();
            assert_eq!(request(&bytes), Err(want), "{byte:#04x}");
        }
    }
}

/// Section 3.3: whom a request is for, and what it asks for.
#[test]
fn target_uri() {
    for (text, authority, path, query) in [
        ("GET /a?b?c HTTP/1.1\r\nHost: x", "x", "/a", Some("b?c")),
        ("GET /a HTTP/1.1\r\nHost: x:80", "x:80", "/a", None),
        ("GET /? HTTP/1.1\r\nHost: x", "x", "/", Some("")),
        ("GET http://y/a HTTP/1.1\r\nHost: x", "y", "/a", None),
        ("GET http://y HTTP/1.1\r\nHost: x", "y", "/", None),
        ("GET http://y?b HTTP/1.1\r\nHost: x", "y", "/", Some("b")),
        ("OPTIONS * HTTP/1.1\r\nHost: x", "x", "*", None),
        ("CONNECT y:1 HTTP/1.1\r\nHost: x", "y:1", "y:1", None),
        ("GET / HTTP/1.0", "", "/", None),
    ] {
        let bytes = format!("{text}\r\n\r\n");
        let mut head = Head::default();
        let limits = Limits::default();
        let len = head.read_request(bytes.as_bytes(), &limits);
        assert_eq!(len, Ok(Some(bytes.len())));
        let request = Request::new(bytes.as_bytes(), &head);
        assert_eq!(request.authority(), authority, "{text}");
        assert_eq!(request.path(), path, "{text}");
        assert_eq!(request.query(), query, "{text}");
        let line = text.split("\r\n").next().unwrap();
        assert_eq!(request.line(), line.as_bytes());
    }
}

/// Section 4: version, a space, three digits, a space, a phrase for people.
#[test]
fn status_line() {
    for (text, want) in [
        ("HTTP/1.1 200 OK", good("HTTP/1.1 200 OK")),
        ("HTTP/1.0 404 Not Found", good("HTTP/1.0 404 Not Found")),
        ("HTTP/1.1 200 ", good("HTTP/1.1 200 ")),
        ("HTTP/1.1 200", good("HTTP/1.1 200 ")),
        ("HTTP/1.1 200  a\tb ", good("HTTP/1.1 200  a\\tb ")),
        ("HTTP/1.1 200 \u{e9}", good("HTTP/1.1 200 \\xc3\\xa9")),
        ("HTTP/1.1 100 Continue", good("HTTP/1.1 100 Continue")),
        ("HTTP/1.1 999 ?", good("HTTP/1.1 999 ?")),
        ("HTTP/1.1 099 ?", Err(F::StatusCode)),
        ("HTTP/1.1 000 ?", Err(F::StatusCode)),
        ("HTTP/1.1 20 OK", Err(F::StatusCode)),
        ("HTTP/1.1 2000 OK", Err(F::StatusCode)),
        ("HTTP/1.1 200OK", Err(F::StatusCode)),
        ("HTTP/1.1 200\tOK", Err(F::StatusCode)),
        ("HTTP/1.1  200 OK", Err(F::StatusCode)),
        ("HTTP/1.1\t200 OK", Err(F::NoVersion)),
        ("HTTP/1.1 2x0 OK", Err(F::StatusCode)),
        ("HTTP/1.1 -20 OK", Err(F::StatusCode)),
        ("HTTP/1.1 +20 OK", Err(F::StatusCode)),
        ("HTTP/1.1 ", Err(F::StatusCode)),
        ("HTTP/1.1", Err(F::StatusCode)),
        ("HTTP/1.1200 OK", Err(F::NoVersion)),
        ("HTTP/1.1 20\u{661} OK", Err(F::StatusCode)),
        ("HTTP/1.1 200 a\0b", Err(F::Control(0))),
        ("HTTP/1.1 200 a\rb", Err(F::BareCr)),
        ("HTTP/1.1 200 a\nb", Err(F::BareLf)),
        ("HTTP/1.1 200\n", Err(F::BareLf)),
        ("HTTP/1.1 2\n", Err(F::BareLf)),
        ("HTTP/2 200", Err(F::NoVersion)),
        ("HTTP/2.0 200 OK", Err(F::Version(2, 0))),
        ("ICY 200 OK", Err(F::NoVersion)),
        (" HTTP/1.1 200 OK", Err(F::NoVersion)),
        ("", Err(F::NoVersion)),
    ] {
        let bytes = format!("{text}\r\n\r\n");
        assert_eq!(response(&bytes), want, "{text:?}");
    }
}

/// Section 5: name, colon, value; and 5.1, white space around the value is
/// none of it, and there is none before the colon.
#[test]
fn field_lines() {
    for (text, want) in [
        ("B: 2", good("B=2")),
        ("B:2", good("B=2")),
        ("B:  2  ", good("B=2")),
        ("B:\t2 \t ", good("B=2")),
        ("B: 2 3\t4", good("B=2 3\\t4")),
        ("B:", good("B=")),
        ("B: ", good("B=")),
        ("B: \t", good("B=")),
        ("B: :", good("B=:")),
        ("B:::", good("B=::")),
        ("B: \"a", good("B=\\\"a")),
        ("b: \u{fc}", good("b=\\xc3\\xbc")),
        ("!#$%&'*+-.^_`|~09Az: 1", good("!#$%&'*+-.^_`|~09Az=1")),
        ("B : 2", Err(F::SpaceBeforeColon)),
        ("B\t: 2", Err(F::SpaceBeforeColon)),
        ("B  \t: 2", Err(F::SpaceBeforeColon)),
        ("B C: 2", Err(F::NameByte(b' '))),
        ("B\tC: 2", Err(F::NameByte(b'\t'))),
        ("GET / HTTP/1.1", Err(F::NameByte(b' '))),
        ("B ", Err(F::NameByte(b' '))),
        ("B", Err(F::NoColon)),
        (": 2", Err(F::NoName)),
        (":", Err(F::NoName)),
        ("B\"C: 2", Err(F::NameByte(b'"'))),
        ("B(c): 2", Err(F::NameByte(b'('))),
        ("B/C: 2", Err(F::NameByte(b'/'))),
        ("B@C: 2", Err(F::NameByte(b'@'))),
        ("\u{fc}: 2", Err(F::NameByte(0xc3))),
        // The long ſ is an s in Unicode's upper case.
        ("Ho\u{17f}t: 2", Err(F::NameByte(0xc5))),
        ("B\0: 2", Err(F::Control(0))),
        ("\u{feff}B: 2", Err(F::NameByte(0xef))),
    ] {
        assert_eq!(line(text), want, "{text:?}");
    }
    // Any byte in a value.
    for byte in 0..=255 {
        let bytes = [b'B', b':', b' ', b'<', byte, b'>'];
        let want = match byte {
            b'\r' => Err(F::BareCr),
            b'\n' => Err(F::BareLf),
            b'\t' | b' '..=b'~' | 0x80.. => {
                Ok(format!("B=<{}>", byte.escape_ascii()))
            }
            _ => Err(F::Control(byte)),
        };
        assert_eq!(line(bytes), want, "{byte:#04x}");
    }
    // Any byte in a name.
    for byte in 0..=255 {
        let want = match byte {
            b'\r' => Err(F::BareCr),
            b'\n' => Err(F::BareLf),
            b':' => good("B=C: 2"),
            b' ' | b'\t' => Err(F::NameByte(byte)),
            byte if ch02_concepts::fields::is_token_byte(byte) => {
                Ok(format!("B{}C=2", byte as char))
            }
            byte if byte.is_ascii_control() => Err(F::Control(byte)),
            byte => Err(F::NameByte(byte)),
        };
        assert_eq!(line([b'B', byte, b'C', b':', b' ', b'2']), want);
    }
}

/// Section 5.2: a line that goes on with the one before it is refused.
#[test]
fn folded_lines() {
    for text in ["B: 2\r\n 3", "B: 2\r\n\t3", "B:\r\n 2", "B: 2\r\n \r\n"] {
        assert_eq!(line(text), Err(F::Folded), "{text:?}");
    }
}

/// A trailer section (7.1.2) is fields alone.
#[test]
fn trailers() {
    let limits = Limits::default();
    for (bytes, want) in [
        ("\r\n", Ok((2, String::new()))),
        ("A: 1\r\nB:2\r\n\r\n", Ok((13, "|A=1|B=2".into()))),
        (" A: 1\r\n\r\n", Err(F::Folded)),
        ("\n", Err(F::BareLf)),
        ("\rA", Err(F::BareCr)),
    ] {
        let read = read(bytes.as_bytes(), &limits, Head::read_trailer);
        assert_eq!(read, Some(want), "{bytes:?}");
    }
}

/// What is at each limit is taken, and one more is not.
#[test]
fn limits() {
    const LIMITS: Limits = Limits {
        method: 5,
        start_line: 30,
        field_line: 20,
        section: 60,
        fields: 4,
        body: 0,
        chunk_line: 0,
        chunk_extensions: 0,
    };
    let x = |times: usize| "x".repeat(times);
    let get = |fields: &str| format!("GET / HTTP/1.1\r\n{fields}\r\n");
    let cases = [
        (format!("{} / HTTP/1.1\r\n\r\n", x(5)), None),
        (
            format!("{} / HTTP/1.1\r\n\r\n", x(6)),
            Some(F::MethodTooLong),
        ),
        // "GET /" and " HTTP/1.1" are 14.
        (format!("GET /{} HTTP/1.1\r\n\r\n", x(16)), None),
        (
            format!("GET /{} HTTP/1.1\r\n\r\n", x(17)),
            Some(F::TargetTooLong),
        ),
        (format!("GET /{}", x(26)), Some(F::TargetTooLong)),
        // The empty line in front does not count.
        (format!("\r\nGET /{} HTTP/1.1\r\n\r\n", x(16)), None),
        (
            format!("\r\nGET /{} HTTP/1.1\r\n\r\n", x(17)),
            Some(F::TargetTooLong),
        ),
        (get(&format!("A: {}\r\n", x(17))), None),
        (get(&format!("A: {}\r\n", x(18))), Some(F::FieldTooLong)),
        (get(&format!("A:{}{}\r\n", " ".repeat(17), "x")), None),
        (
            get(&format!("A:{}\r\n", " ".repeat(19))),
            Some(F::FieldTooLong),
        ),
        (get(&format!("{}:\r\n", x(19))), None),
        (get(&format!("{}:\r\n", x(20))), Some(F::FieldTooLong)),
        (get(&x(21)), Some(F::FieldTooLong)),
        (get(&"A:\r\n".repeat(4)), None),
        (get(&"A:\r\n".repeat(5)), Some(F::TooManyFields)),
        // Two lines of 20 and their ends are 44, the empty line is 2.
        (get(&format!("{0}{0}A:{1}\r\n", long(20), x(10))), None),
        (
            get(&format!("{0}{0}A:{1}\r\n", long(20), x(11))),
            Some(F::SectionTooLong),
        ),
        // It need not end for that.
        (
            format!("GET / HTTP/1.1\r\n{0}{0}A:{1}", long(20), x(11)),
            Some(F::SectionTooLong),
        ),
    ];
    for (bytes, want) in &cases {
        let read = read(bytes.as_bytes(), &LIMITS, Head::read_request);
        let fault = read.expect("not whole").err();
        assert_eq!(fault, *want, "{bytes:?}");
    }
    for (reason, want) in [(17, None), (18, Some(F::TargetTooLong))] {
        let bytes = format!("HTTP/1.1 200 {}\r\n\r\n", x(reason));
        let read = read(bytes.as_bytes(), &LIMITS, Head::read_response);
        assert_eq!(read.expect("not whole").err(), want);
    }
    let trailer = |section| {
        let limits = Limits { section, ..LIMITS };
        read(b"\r\n", &limits, Head::read_trailer)
    };
    assert_eq!(trailer(2), Some(Ok((2, String::new()))));
    assert_eq!(trailer(1), Some(Err(F::SectionTooLong)));
}

/// A field line of this length, and its end.
fn long(length: usize) -> String {
    format!("A: {}\r\n", "x".repeat(length - 3))
}

/// No more is asked for than [`Limits::head`] says, and that much is taken.
#[test]
fn the_longest_head() {
    let limits = Limits {
        start_line: 30,
        field_line: 100,
        section: 60,
        ..Limits::default()
    };
    let head =
        format!("\r\nGET /{} HTTP/1.1\r\n{}\r\n", "x".repeat(16), long(56));
    assert_eq!(head.len(), limits.head());
    let read = read(head.as_bytes(), &limits, Head::read_request);
    assert_eq!(read.unwrap().unwrap().0, limits.head());
}

/// What never ends is refused within the limits, and not before.
#[test]
fn endless() {
    let limits = Limits::default();
    for (start, piece, want) in [
        ("", "x", F::MethodTooLong),
        ("GET /", "x", F::TargetTooLong),
        ("GET / HTTP/1.1\r\n", "x", F::FieldTooLong),
        ("GET / HTTP/1.1\r\nA:", "x", F::FieldTooLong),
        ("GET / HTTP/1.1\r\nA:", " ", F::FieldTooLong),
        ("GET / HTTP/1.1\r\n", "A:\r\n", F::TooManyFields),
        (
            "GET / HTTP/1.1\r\n",
            "A: 123456789 123456789 123456789 \
            123456789 123456789 123456789 123456789 123456789 123456789 \
            123456789 123456789 123456789 123456789 123456789 123456789 \
            123456789 123456789 123456789 123456789 123456789 123456789 \
            123456789 123456789 123456789 123456789 123456789 123456789 \
            123456789 123456789 123456789 123456789 123456789 123456789 \
            123456789 123456789 123456789 123456789\r\n",
            F::SectionTooLong,
        ),
    ] {
        let (mut head, mut bytes) = (Head::default(), start.to_owned());
        let fault = loop {
            bytes += piece;
            match head.read_request(bytes.as_bytes(), &limits) {
                Ok(len) => assert_eq!(len, None),
                Err(fault) => break fault,
            }
        };
        assert_eq!(fault, want);
        assert!(bytes.len() <= limits.head() + piece.len());
    }
}

/// However small the pieces, no byte is looked at often.
#[test]
fn work_is_linear() {
    let limits = Limits::default();
    let cookie = format!("Cookie: {}\r\n", "x".repeat(8 << 10 >> 1));
    let blank = format!("A:{}\r\n", " \t".repeat(2 << 10));
    let name = format!("{}: 1\r\n", "x".repeat(4 << 10));
    let colon = format!("{}:{}\r\n", "x".repeat(2 << 10), " ".repeat(2 << 10));
    let target = format!("http://x/{}", "y".repeat(8000));
    for (line, fields) in [
        ("/", cookie.repeat(4)),
        ("/", blank.repeat(4)),
        ("/", name.repeat(4)),
        ("/", colon.repeat(4)),
        (&target, "A:\r\n".repeat(100)),
    ] {
        let bytes = format!("GET {line} HTTP/1.1\r\n{fields}\r\n");
        let bytes = bytes.as_bytes();
        for size in [1, 2, 7, bytes.len()] {
            let before = scan::looked();
            let mut head = Head::default();
            let mut arrived = (1..bytes.len() + size).step_by(size);
            let len = arrived.find_map(|end| {
                let bytes = &bytes[..end.min(bytes.len())];
                head.read_request(bytes, &limits).unwrap()
            });
            assert_eq!(len, Some(bytes.len()));
            let looked = scan::looked() - before;
            // Once each, and once more where a piece ends.
            assert!(
                looked <= 2 * bytes.len() + 100,
                "{looked} looks at {} bytes by {size}",
                bytes.len(),
            );
        }
    }
}

/// After an error the same bytes get the same answer, and after a head comes
/// another.
#[test]
fn again() {
    let limits = Limits::default();
    let mut head = Head::default();
    let bad = b"GET / HTTP/1.1\r\nA: 1\r\nB : 2\r\n\r\n";
    for _ in 0..3 {
        let read = head.read_request(bad, &limits);
        assert_eq!(read, Err(F::SpaceBeforeColon));
        assert_eq!(head.fields(bad).len(), 1);
        assert!(head.has_line());
    }
    let mut head = Head::default();
    for bytes in ["GET /a HTTP/1.1\r\nA: 1\r\n\r\n", "X /bc HTTP/1.0\r\n\r\n"] {
        let bytes = bytes.as_bytes();
        let len = head.read_request(bytes, &limits);
        assert_eq!(len, Ok(Some(bytes.len())));
        assert!(bytes.starts_with(Request::new(bytes, &head).line()));
    }
    // Fewer bytes than before break the contract, and nothing else.
    let mut head = Head::default();
    assert_eq!(head.read_request(&bad[..20], &limits), Ok(None));
    assert_eq!(head.read_request(&bad[..5], &limits), Ok(None));
    assert_eq!(head.read_request(b"", &limits), Ok(None));
}

/// A first line that was refused is none to look at.
#[test]
fn no_line() {
    let limits = Limits::default();
    for bytes in ["GET / X\r\n", "GET / HTTP/9.9\r\n", "GET /\r\n", "G@\r\n"] {
        let mut head = Head::default();
        head.read_request(bytes.as_bytes(), &limits).unwrap_err();
        assert!(!head.has_line(), "{bytes:?}");
    }
    let (mut head, bytes) = (Head::default(), b"GET x HTTP/1.1\r\n");
    head.read_request(bytes, &limits).unwrap_err();
    assert!(head.has_line());
    assert_eq!(Request::new(bytes, &head).line(), b"GET x HTTP/1.1");
}

#[test]
fn looking_up() {
    let bytes = b"HTTP/1.1 200 OK\r\nA: 1\r\nb: 2\r\na: 3\r\n\r\n";
    let mut head = Head::default();
    head.read_response(bytes, &Limits::default()).unwrap();
    let fields = Response::new(bytes, &head).fields();
    assert_eq!(fields.len(), 3);
    assert_eq!(fields.first("a"), Some(&b"1"[..]));
    assert_eq!(fields.only("B"), Ok(Some(&b"2"[..])));
    assert_eq!(fields.only("A"), Err(Repeated));
    assert_eq!(fields.only("C"), Ok(None));
    assert!(fields.all("A").eq([&b"1"[..], b"3"]));
    assert!(Fields::EMPTY.is_empty());
}
