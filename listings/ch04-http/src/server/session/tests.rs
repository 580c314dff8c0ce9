//! A connection in virtual time, told what happened and asked what to do.

use std::io::{self, IoSlice};

use proptest::prelude::*;

use super::*;
use crate::head::{Fields, Request};
use crate::server::out;

const PEER: ([u8; 4], u16) = ([127, 0, 0, 1], 4000);

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

struct Count(u64);

impl Upload for Count {
    fn data(&mut self, bytes: &[u8]) -> Result<(), Response> {
        self.0 += bytes.len() as u64;
        match bytes.contains(&b'!') {
            true => Err(Response::status(403)),
            false => Ok(()),
        }
    }

    fn end(self: Box<Self>, trailer: Fields<'_>) -> Response {
        Response::text(200, format!("{} bytes, {}", self.0, trailer.len()))
    }
}

/// Three pieces, or a failure instead of the third.
struct Pieces(u8, bool);

impl Source for Pieces {
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        self.0 += 1;
        match self.0 {
            3 if self.1 => Err(io::Error::other("gone")),
            4.. => Ok(None),
            n => Ok(Some(vec![b'0' + n; 3].into())),
        }
    }
}

struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        let end = bytes.iter().position(|byte| *byte == b'!');
        out.extend_from_slice(&bytes[..end.map_or(bytes.len(), |e| e + 1)]);
        end.is_none()
    }
}

fn service(request: &Request<'_>, _: SocketAddr) -> Answer {
    match request.path() {
        "/count" => Answer::Receive(Box::new(Count(0))),
        "/pieces" => Response::new(200).stream(Pieces(0, false)).into(),
        "/broken" => Response::new(200).stream(Pieces(0, true)).into(),
        "/large" => Response::new(200).content(vec![b'x'; 100_000]).into(),
        "/echo" => Answer::Upgrade {
            name: "echo",
            protocol: Box::new(Echo),
        },
        path => Response::text(200, path.to_string()).into(),
    }
}

type Handler = fn(&Request<'_>, SocketAddr) -> Answer;

struct Test {
    session: Session<Handler>,
    now: Duration,
}

impl Test {
    fn new() -> Self {
        Test::with(Config::default())
    }

    fn with(config: Config) -> Self {
        let config = Config {
            log: true,
            ..config
        };
        let service: Handler = service;
        let shared = Arc::new(Shared { service, config });
        let session = Session::new(shared, PEER.into(), Duration::ZERO);
        let now = Duration::ZERO;
        Test { session, now }
    }

    /// Sends, and takes what comes back.
    fn say(&mut self, bytes: impl AsRef<[u8]>) -> String {
        self.session.received(bytes.as_ref(), self.now);
        self.take(usize::MAX)
    }

    /// Takes so much of what waits.
    fn take(&mut self, mut most: usize) -> String {
        let mut taken = Vec::new();
        while most > 0 {
            let mut slices = [IoSlice::new(&[]); 4];
            let count = match self.session.out().next(&mut slices) {
                out::Next::Nothing => break,
                out::Next::Slices(count) => count,
                out::Next::File(..) => panic!("no files here"),
            };
            let bytes: Vec<u8> =
                slices[..count].iter().flat_map(|s| s.to_vec()).collect();
            let bytes = &bytes[..bytes.len().min(most)];
            taken.extend_from_slice(bytes);
            let len = bytes.len();
            most -= len;
            self.session.sent(len as u64, self.now);
        }
        let text: String = taken.into_iter().map(char::from).collect();
        text.replace("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "")
            .replace("Content-Type: text/plain; charset=utf-8\r\n", "")
    }

    fn after(&mut self, time: Duration) {
        self.now += time;
        self.session.tick(self.now);
    }

    fn next(&mut self) -> Next {
        self.session.next(self.now)
    }

    fn logged(&mut self) -> Vec<(String, u16, u64)> {
        let entries = std::iter::from_fn(|| self.session.entry());
        entries
            .map(|e| {
                let line = String::from_utf8_lossy(&e.line).into_owned();
                (line, e.status, e.bytes)
            })
            .collect()
    }
}

const READ: Next = Next::Wait {
    read: true,
    write: false,
};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

fn ok(content: &str) -> String {
    let len = content.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n{content}")
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let mut test = Test::new();
    let said = test.say(get("/a") + &get("/b") + &get("/c"));
    assert_eq!(said, ok("/a") + &ok("/b") + &ok("/c"));
    assert_eq!(test.next(), READ);
    let line = |path| format!("GET {path} HTTP/1.1");
    let want = ["/a", "/b", "/c"].map(|path| (line(path), 200, 2));
    assert_eq!(test.logged(), want);
}

#[test]
fn a_request_that_comes_a_byte_at_a_time() {
    let mut test = Test::new();
    let request = "POST /count HTTP/1.1\r\nHost: x\r\n\
        Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n";
    let mut said = String::new();
    for byte in request.bytes() {
        assert_eq!(said, "");
        said += &test.say([byte]);
    }
    assert_eq!(said, ok("3 bytes, 1"));
}

#[test]
fn a_client_that_expects_100_gets_it_before_it_sends() {
    let mut test = Test::new();
    let head = "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\
        Expect: 100-continue\r\n\r\n";
    assert_eq!(test.say(head), "HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(test.say("abc"), ok("3 bytes, 0"));
    // Not if the content is there.
    assert_eq!(test.say(format!("{head}abc")), ok("3 bytes, 0"));
    // Nobody wants it: it is told so, and may send it or not.
    let said = test.say(head.replace("/count", "/other"));
    assert!(said.contains("200 OK") && said.contains("Connection: close"));
    assert_eq!(test.next(), Next::HalfClose);
}

#[test]
fn unwanted_content_is_read_past_if_it_is_short() {
    let mut test = Test::new();
    let post = |path, length| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let said = test.say(post("/a", 5) + "GET /" + &get("/b"));
    assert_eq!(said, ok("/a") + &ok("/b"));
    let said = test.say(post("/a", 1_000_000) + &get("/b"));
    assert!(said.contains("Connection: close"), "{said}");
    assert!(!said.contains("/b"));
    assert_eq!(test.next(), Next::HalfClose);
}

#[test]
fn an_upload_that_is_refused_half_way() {
    let mut test = Test::new();
    let said = test.say(
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nabc!",
    );
    assert!(said.starts_with("HTTP/1.1 403 "), "{said}");
    assert!(said.contains("Connection: close"));
    assert_eq!(test.say("more of it"), "");
}

#[test]
fn a_stream_is_chunked_or_ends_with_the_connection() {
    let mut test = Test::new();
    let said = test.say(get("/pieces") + &get("/a"));
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = "3\r\n111\r\n3\r\n222\r\n3\r\n333\r\n0\r\n\r\n";
    assert_eq!(said, head.to_string() + chunks + &ok("/a"));
    let said =
        test.say("GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    assert_eq!(said, head.to_string() + "111222333");
    assert_eq!(test.next(), Next::HalfClose);
    let bytes: Vec<_> = test.logged().iter().map(|entry| entry.2).collect();
    assert_eq!(bytes, [9, 2, 9]);
}

#[test]
fn a_stream_that_breaks_has_no_last_chunk() {
    let mut test = Test::new();
    let said = test.say(get("/broken") + &get("/a"));
    assert!(said.ends_with("3\r\n222\r\n"), "{said}");
    assert_eq!(test.next(), Next::HalfClose);
}

#[test]
fn head_has_the_fields_of_get() {
    let mut test = Test::new();
    let head = |path| get(path).replace("GET", "HEAD");
    let said = test.say(head("/a") + &head("/pieces") + &get("/b"));
    let a = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    let pieces = "HTTP/1.1 200 OK\r\n\r\n";
    assert_eq!(said, a.to_string() + pieces + &ok("/b"));
}

#[test]
fn keep_alive_in_both_versions() {
    let close = "Connection: close";
    for (request, keeps) in [
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            false,
        ),
        ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", true),
    ] {
        let mut test = Test::new();
        let said = test.say(request);
        assert_eq!(said.contains(close), !keeps, "{request:?}: {said:?}");
        let next = if keeps { READ } else { Next::HalfClose };
        assert_eq!(test.next(), next);
    }
}

#[test]
fn a_bad_request_is_answered_and_the_client_gets_to_see_it() {
    let mut test = Test::new();
    let said = test.say(get("/a") + "GET / HTTP/1.1\n\n" + &get("/b"));
    assert!(said.starts_with(&ok("/a")), "{said}");
    assert!(said.contains("400 Bad Request"), "{said}");
    assert!(said.contains("LF without CR (RFC 9112, section 2.2)"));
    assert_eq!(test.next(), Next::HalfClose);
    assert_eq!(test.next(), READ);
    assert_eq!(test.say("more"), "");
    test.session.ended(test.now);
    test.after(Duration::ZERO);
    assert_eq!(test.logged()[1].1, 400);
    // Or the client never ends its side.
    test.after(Config::default().linger);
    assert_eq!(test.next(), Next::Close);
}

#[test]
fn a_client_that_ends_its_side_gets_its_answers() {
    let mut test = Test::new();
    test.session.received(get("/a").as_bytes(), test.now);
    test.session.ended(test.now);
    assert_eq!(test.take(usize::MAX), ok("/a"));
    assert_eq!(test.next(), Next::Close);

    let mut test = Test::new();
    test.session.received(b"GET /a HTT", test.now);
    test.session.ended(test.now);
    let said = test.take(usize::MAX);
    assert!(said.contains("400 Bad Request"), "{said}");
    assert_eq!(test.next(), Next::Close);
}

#[test]
fn nothing_is_begun_while_much_waits() {
    let mut test = Test::new();
    let config = Config::default();
    let many = get("/large").repeat(50);
    test.session.received(many.as_bytes(), test.now);
    assert!(test.session.out().len() < config.high + 101_000);
    let wait = Next::Wait {
        read: false,
        write: true,
    };
    assert_eq!(test.next(), wait);
    let said = test.take(usize::MAX);
    assert_eq!(said.matches("200 OK").count(), 50);
    assert_eq!(test.next(), READ);
    assert_eq!(test.logged().len(), 50);
}

#[test]
fn deadlines() {
    let config = Config::default();
    // Nobody says anything.
    let mut test = Test::new();
    test.after(config.head);
    assert_eq!(test.next(), Next::HalfClose);

    // A byte of a head each second.
    let mut test = Test::new();
    let mut said = String::new();
    for byte in get("/a").bytes().take(20) {
        test.session.received(&[byte], test.now);
        test.after(secs(1));
        said += &test.take(usize::MAX);
    }
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(test.now > config.head);

    // Silence between two requests.
    let mut test = Test::new();
    test.say(get("/a"));
    test.after(config.idle - secs(1));
    assert_eq!(test.say(get("/b")).len(), ok("/b").len() + 37);
    test.after(config.idle - secs(1));
    assert_eq!(test.next(), READ);
    test.after(secs(1));
    assert_eq!(test.next(), Next::HalfClose);

    // Content at less than the least rate.
    let mut test = Test::new();
    test.say("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n");
    for _ in 0..9 {
        test.after(secs(1));
        assert_eq!(test.say("x"), "");
    }
    test.after(secs(2));
    assert!(test.take(usize::MAX).starts_with("HTTP/1.1 408 "));

    // A client that does not read.
    let mut test = Test::new();
    test.session.received(get("/large").as_bytes(), test.now);
    test.take(1000);
    test.after(config.write);
    assert_eq!(test.next(), Next::Close);
    assert!(test.logged()[0].2 < 1000);

    // A client that reads a byte a second.
    let mut test = Test::new();
    test.session.received(get("/large").as_bytes(), test.now);
    for _ in 0..40 {
        test.after(secs(1));
        test.take(1);
    }
    assert_eq!(test.next(), Next::Close);
}

#[test]
fn a_server_that_stops_finishes_what_was_begun() {
    let mut test = Test::new();
    test.say(get("/a"));
    test.session.shut_down(test.now);
    assert_eq!(test.next(), Next::HalfClose);

    let mut test = Test::new();
    test.say("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
    test.session.shut_down(test.now);
    assert_eq!(test.next(), READ);
    let said = test.say("abc".to_string() + &get("/a"));
    assert!(said.contains("Connection: close"), "{said}");
    assert!(said.ends_with("3 bytes, 0"));
    assert_eq!(test.next(), Next::HalfClose);
}

#[test]
fn who_has_not_asked_yet_has_a_moment_when_the_server_stops() {
    let mut test = Test::new();
    test.session.shut_down(test.now);
    test.after(secs(1) - Duration::from_millis(1));
    assert_eq!(test.next(), READ);
    let said = test.say(get("/a"));
    assert!(said.contains("Connection: close"), "{said}");
    assert!(said.ends_with("/a"));
    assert_eq!(test.next(), Next::HalfClose);

    let mut test = Test::new();
    test.session.shut_down(test.now);
    test.after(secs(1));
    assert_eq!(test.next(), Next::HalfClose);
}

#[test]
fn behind_the_last_response_nothing_is_kept() {
    let mut test = Test::new();
    let close =
        get("/large").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    test.session.received(close.as_bytes(), test.now);
    assert!(test.session.out().len() > Config::default().high);
    for _ in 0..100 {
        test.session.received(&[b'x'; 10_000], test.now);
        assert_eq!(test.session.unread(), 0);
    }
}

#[test]
fn a_read_that_is_late_does_not_cut_a_response_off() {
    let config = Config::default();
    let mut test = Test::new();
    // The content of a request comes slowly, behind a response that the
    // client takes slowly.
    let post = "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";
    let large = get("/large").replace("/large", "/a").repeat(20);
    test.session.received((large + post).as_bytes(), test.now);
    for _ in 0..config.body.as_secs() + 1 {
        test.after(secs(1));
        test.take(1);
    }
    assert_ne!(test.next(), Next::Close);
    assert!(test.take(usize::MAX).contains("408 Request Timeout"));
}

#[test]
fn a_late_head_behind_a_head_request_is_told_so() {
    let mut test = Test::new();
    test.say(get("/a").replace("GET", "HEAD"));
    test.say("GET /a");
    test.after(Config::default().head);
    let said = test.take(usize::MAX);
    assert!(said.ends_with("408 Request Timeout\n"), "{said}");
}

#[test]
fn a_handler_that_panics_loses_its_own_request() {
    fn panics(_: &Request<'_>, _: SocketAddr) -> Answer {
        panic!("on purpose")
    }
    let shared = Arc::new(Shared {
        service: panics,
        config: Config::default(),
    });
    let mut session = Session::new(shared, PEER.into(), Duration::ZERO);
    session.received(get("/a").as_bytes(), Duration::ZERO);
    let mut slices = [IoSlice::new(&[]); 4];
    let out::Next::Slices(1) = session.out().next(&mut slices) else {
        panic!("a response");
    };
    assert!(slices[0].starts_with(b"HTTP/1.1 500 "));
}

#[test]
fn another_protocol_behind_101() {
    let mut test = Test::new();
    let request = get("/echo").replace(
        "\r\n\r\n",
        "\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
    );
    let said = test.say(request.clone() + "GET");
    assert_eq!(
        said,
        "HTTP/1.1 101 Switching Protocols\r\n\
         Connection: upgrade\r\nUpgrade: echo\r\n\r\nGET"
    );
    assert_eq!(test.say(" / HTTP/1.1\r\n"), " / HTTP/1.1\r\n");
    assert_eq!(test.say("!"), "!");
    assert_eq!(test.next(), Next::HalfClose);

    let mut test = Test::new();
    let said = test.say(get("/echo"));
    assert!(said.starts_with("HTTP/1.1 426 "), "{said}");
}

#[test]
fn a_client_that_has_closed_is_not_waited_for() {
    let mut test = Test::new();
    test.say("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(test.next(), Next::HalfClose);
    assert_eq!(test.next(), READ);
    test.session.ended(test.now);
    assert_eq!(test.next(), Next::Close);
}

/// What a client may send: requests, pieces of them, and anything.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let texts: [&[u8]; 14] = [
        b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
        b"HEAD /pieces HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n\r\n",
        b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        b"POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
        b"\r\n",
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
    ];
    prop_oneof![
        9 => prop::sample::select(texts.to_vec()).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}

/// Everything that comes back, and what is asked for in the end.
fn conversation(bytes: &[u8], cuts: &[usize]) -> (String, Next, usize) {
    let mut test = Test::new();
    let (mut said, mut rest) = (String::new(), bytes);
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at((*cut).min(rest.len()));
        said += &test.say(piece);
        rest = behind;
        let config = Config::default();
        assert!(test.session.unread() <= config.limits.head() + piece.len());
    }
    let next = test.next();
    (said, next, test.logged().len())
}

proptest! {
    #[test]
    fn how_bytes_arrive_makes_no_difference(
        pieces in prop::collection::vec(piece(), 0..12),
        cuts in prop::collection::vec(1_usize..200, 1..8),
    ) {
        let bytes = pieces.concat();
        let whole = conversation(&bytes, &[usize::MAX]);
        prop_assert_eq!(&conversation(&bytes, &cuts), &whole);
        prop_assert_eq!(&conversation(&bytes, &[1]), &whole);
    }
}
