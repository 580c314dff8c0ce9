use proptest::prelude::*;

use super::*;
use crate::limits::Limits;

const MS: Duration = Duration::from_millis(1);

fn at(ms: u32) -> Duration {
    MS * ms
}

fn config() -> Config {
    Config {
        interim: 3,
        timers: Timers {
            connect: at(1000),
            answer: at(100),
            silence: at(50),
            whole: at(1000),
        },
        ..Config::default()
    }
}

fn request(method: &str) -> Request {
    let url = url::Url::parse("http://a.example/x?y#z").unwrap();
    Request::new(method, url).unwrap()
}

fn begin(request: &Request) -> Exchange {
    Exchange::new(request, &config(), Duration::ZERO, at(1000))
}

/// Sends what there is to send; gives it.
fn send(exchange: &mut Exchange, now: Duration) -> Vec<u8> {
    let mut all = Vec::new();
    while !exchange.outgoing().is_empty() {
        // By pieces, as a socket would.
        let n = exchange.outgoing().len().min(7);
        all.extend_from_slice(&exchange.outgoing()[..n]);
        exchange.sent(n, now);
    }
    all
}

/// All events of `bytes`, that come in pieces, and then the end of the stream.
fn events(
    exchange: &mut Exchange,
    pieces: &[&[u8]],
) -> (Vec<Event>, Option<String>) {
    let mut events = Vec::<Event>::new();
    let mut drain = |exchange: &mut Exchange| loop {
        match exchange.poll(Duration::ZERO) {
            Ok(None) => return None,
            Err(error) => return Some(error.to_string()),
            Ok(Some(Event::Data(data))) => {
                // Where content is cut is nobody's business.
                if let Some(Event::Data(last)) = events.last_mut() {
                    *last = [&last[..], &data[..]].concat().into();
                } else {
                    events.push(Event::Data(data));
                }
            }
            Ok(Some(event)) => events.push(event),
        }
    };
    for piece in pieces {
        exchange.received(piece, Duration::ZERO);
        if let Some(error) = drain(exchange) {
            return (events, Some(error));
        }
    }
    if exchange.is_over() {
        return (events, None);
    }
    exchange.ended();
    let error = drain(exchange);
    (events, error)
}

/// What a response to a sent request comes to: statuses, content, error.
fn outcome(method: &str, bytes: &[u8]) -> (Vec<u16>, Vec<u8>, String, bool) {
    let mut exchange = begin(&request(method));
    send(&mut exchange, Duration::ZERO);
    let (events, error) = events(&mut exchange, &[bytes]);
    let (mut codes, mut content) = (Vec::new(), Vec::new());
    let mut end = "none";
    for event in events {
        match event {
            Event::Head(h) | Event::Interim(h) | Event::Upgraded(h) => {
                codes.push(h.status);
            }
            Event::Data(data) => content.extend_from_slice(&data),
            Event::End(_) => end = "end",
        }
    }
    let error = error.unwrap_or_else(|| end.into());
    (codes, content, error, exchange.is_reusable())
}

#[test]
fn what_goes_out() {
    let get = begin(&request("GET")).outgoing().to_vec();
    assert_eq!(get, b"GET /x?y HTTP/1.1\r\nHost: a.example\r\n\r\n");
    let post = begin(&request("POST").content("hi").unwrap());
    let mut post = post;
    let sent = send(&mut post, Duration::ZERO);
    assert!(sent.ends_with(b"Content-Length: 2\r\n\r\nhi"));
    let empty = send(&mut begin(&request("POST")), Duration::ZERO);
    assert!(empty.ends_with(b"Content-Length: 0\r\n\r\n"));
}

const CUT: &str = "bad response: the stream ends within a message";

#[test]
fn framings() {
    type Row = (
        &'static str,
        &'static str,
        &'static [u16],
        &'static str,
        &'static str,
        bool,
    );
    let rows: &[Row] = &[
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            &[200],
            "hi",
            "end",
            true,
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!",
            &[200],
            "hi",
            "end",
            false,
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
             2\r\nhi\r\n0\r\n\r\n",
            &[200],
            "hi",
            "end",
            true,
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\
             Content-Length: 2\r\n\r\nhi",
            &[200],
            "hi",
            "end",
            false,
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\n\r\nhi",
            &[200],
            "hi",
            "end",
            false,
        ),
        (
            "GET",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            &[200],
            "hi",
            "end",
            false,
        ),
        (
            "GET",
            "HTTP/1.1 204 No Content\r\n\r\n",
            &[204],
            "",
            "end",
            true,
        ),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
            &[304],
            "",
            "end",
            true,
        ),
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            &[200],
            "",
            "end",
            true,
        ),
        (
            "GET",
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
             HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            &[103, 200],
            "",
            "end",
            true,
        ),
        ("GET", "", &[], "", "closed before a response", false),
        ("GET", "HTTP/1.1 200 O", &[], "", CUT, false),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi",
            &[200],
            "hi",
            CUT,
            false,
        ),
        (
            "GET",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\
             Connection: upgrade\r\n\r\n",
            &[],
            "",
            "switched to a protocol not asked for",
            false,
        ),
    ];
    for (method, bytes, codes, content, end, reusable) in rows {
        let found = outcome(method, bytes.as_bytes());
        let want = (
            codes.to_vec(),
            content.as_bytes().to_vec(),
            end.to_string(),
            *reusable,
        );
        assert_eq!(found, want, "{bytes:?}");
    }
}

#[test]
fn nothing_comes_before_a_question() {
    let mut exchange = begin(&request("GET"));
    exchange.received(b"HTTP/1.1 200 OK\r\n\r\n", Duration::ZERO);
    let error = exchange.poll(Duration::ZERO).unwrap_err();
    assert!(matches!(error, Error::Unasked), "{error}");
}

#[test]
fn interim_responses_are_counted() {
    let mut bytes = b"HTTP/1.1 102 Processing\r\n\r\n".repeat(3);
    bytes.extend(b"HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(outcome("GET", &bytes).2, "end");
    let bytes = b"HTTP/1.1 102 Processing\r\n\r\n".repeat(4);
    assert_eq!(outcome("GET", &bytes).2, "too many interim responses");
}

#[test]
fn content_waits_for_100_or_for_its_time() {
    let post = request("POST").content("hi").unwrap();
    let post = post.expect_continue(at(20));

    let mut exchange = begin(&post);
    let head = send(&mut exchange, Duration::ZERO);
    assert!(head.ends_with(b"Expect: 100-continue\r\n\r\n"), "held");
    assert_eq!(exchange.deadline(), at(20));
    exchange.received(b"HTTP/1.1 100 Continue\r\n\r\n", at(5));
    let event = exchange.poll(at(5)).unwrap();
    assert!(matches!(event, Some(Event::Interim(_))));
    assert_eq!(send(&mut exchange, at(5)), b"hi");

    let mut late = begin(&post);
    send(&mut late, Duration::ZERO);
    assert_eq!(late.poll(at(19)).unwrap(), None);
    assert!(late.outgoing().is_empty());
    assert_eq!(late.poll(at(20)).unwrap(), None);
    assert_eq!(send(&mut late, at(20)), b"hi");

    let mut refused = begin(&post);
    send(&mut refused, Duration::ZERO);
    let no = b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n";
    refused.received(no, at(5));
    assert!(matches!(refused.poll(at(5)), Ok(Some(Event::Head(_)))));
    assert!(refused.outgoing().is_empty());
    assert!(matches!(refused.poll(at(5)), Ok(Some(Event::End(_)))));
    assert!(!refused.is_reusable(), "the server waits for the content");
}

#[test]
fn an_early_refusal_stops_the_content_and_an_early_200_does_not() {
    for (code, goes_on) in [(413, false), (302, false), (200, true)] {
        let post = request("POST").content(vec![0; 100]).unwrap();
        let mut exchange = begin(&post);
        exchange.sent(exchange.outgoing().len(), Duration::ZERO);
        exchange.sent(10, Duration::ZERO);
        let head = format!("HTTP/1.1 {code} x\r\nContent-Length: 3\r\n\r\n");
        exchange.received(head.as_bytes(), Duration::ZERO);
        exchange.poll(Duration::ZERO).unwrap();
        assert_eq!(!exchange.outgoing().is_empty(), goes_on, "{code}");
        exchange.received(b"abc", Duration::ZERO);
        exchange.poll(Duration::ZERO).unwrap();
        exchange.poll(Duration::ZERO).unwrap();
        assert!(exchange.is_over());
        assert!(!exchange.is_reusable(), "{code}");
    }
}

#[test]
fn streamed_content_has_the_length_it_said() {
    let mut exchange = begin(&request("PUT").stream(Some(5)).unwrap());
    assert_eq!(exchange.wants_content(), 0, "the head goes first");
    send(&mut exchange, Duration::ZERO);
    assert_eq!(exchange.wants_content(), 5);
    assert!(matches!(
        exchange.content(b"abcdef"),
        Err(Error::ContentLong)
    ));
    exchange.content(b"abc").unwrap();
    assert_eq!(send(&mut exchange, Duration::ZERO), b"abc");
    let short = exchange.content(b"");
    assert!(matches!(short, Err(Error::ContentShort(2))));

    let mut exchange = begin(&request("PUT").stream(None).unwrap());
    send(&mut exchange, Duration::ZERO);
    exchange.content(b"abc").unwrap();
    exchange.sent(8, Duration::ZERO);
    exchange.content(b"").unwrap();
    assert_eq!(send(&mut exchange, Duration::ZERO), encode::LAST_CHUNK);
    assert_eq!(exchange.wants_content(), 0);
}

#[test]
fn each_time_is_up() {
    let timeout = |exchange: &mut Exchange, now| match exchange.poll(now) {
        Err(Error::Timeout(which)) => Some(which),
        Ok(None) => None,
        other => panic!("{other:?}"),
    };
    // Not a byte goes out.
    let mut stuck = begin(&request("GET"));
    assert_eq!(stuck.deadline(), at(50));
    assert_eq!(timeout(&mut stuck, at(49)), None);
    assert_eq!(timeout(&mut stuck, at(50)), Some(Timeout::Silence));

    // A head a byte at a time.
    let mut slow = begin(&request("GET"));
    send(&mut slow, at(10));
    for (n, byte) in b"HTTP/1.1 2".iter().enumerate() {
        slow.received(&[*byte], at(10 * (n as u32 + 1)));
        assert_eq!(timeout(&mut slow, at(10 * (n as u32 + 1))), None);
    }
    assert_eq!(slow.deadline(), at(110));
    assert_eq!(timeout(&mut slow, at(110)), Some(Timeout::Answer));

    // Content that stops; and content that never does.
    let mut drip = begin(&request("GET"));
    send(&mut drip, at(0));
    drip.received(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", at(20));
    assert!(matches!(drip.poll(at(20)), Ok(Some(Event::Head(_)))));
    // The caller was away for long: that is not the server's fault.
    assert_eq!(timeout(&mut drip, at(500)), None);
    assert_eq!(drip.deadline(), at(550));
    drip.received(b"x", at(549));
    assert!(matches!(drip.poll(at(549)), Ok(Some(Event::Data(_)))));
    assert_eq!(timeout(&mut drip, at(549)), None);
    assert_eq!(timeout(&mut drip, at(598)), None);
    assert_eq!(timeout(&mut drip, at(1000)), Some(Timeout::Whole));
}

#[test]
fn another_protocol_begins_where_the_head_ends() {
    let ask = request("GET").upgrade("chat/2").unwrap();
    let mut exchange = begin(&ask);
    let head = send(&mut exchange, Duration::ZERO);
    let own = b"Connection: upgrade\r\nUpgrade: chat/2\r\n\r\n";
    assert!(head.ends_with(own));
    exchange.received(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
          Upgrade: chat/2\r\n\r\nhello",
        Duration::ZERO,
    );
    let event = exchange.poll(Duration::ZERO).unwrap();
    assert!(matches!(event, Some(Event::Upgraded(_))));
    assert_eq!(exchange.poll(Duration::ZERO).unwrap(), None);
    assert!(!exchange.is_reusable());
    assert_eq!(&exchange.into_unread()[..], b"hello");
}

#[test]
fn content_has_a_limit() {
    let limits = Limits {
        body: 10,
        ..Limits::default()
    };
    let config = Config { limits, ..config() };
    for bytes in [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n01234567890",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n",
    ] {
        let whole = at(1000);
        let get = request("GET");
        let mut exchange = Exchange::new(&get, &config, at(0), whole);
        send(&mut exchange, Duration::ZERO);
        let (_, error) = events(&mut exchange, &[bytes.as_bytes()]);
        assert_eq!(error.as_deref(), Some("bad response: content too long"));
    }
}

/// Bytes that have the look of responses.
fn responses() -> impl Strategy<Value = Vec<u8>> {
    let parts = [
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 204 No\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /\r\n",
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "\r\n",
        "hello",
        "5\r\nhello\r\n",
        "0\r\n\r\n",
        "X: y\r\n",
        "\n",
        "\r",
        "\0",
    ];
    let part = proptest::sample::select(parts.to_vec());
    proptest::collection::vec(part, 0..10)
        .prop_map(|parts| parts.concat().into_bytes())
}

/// Whether two outcomes are the same. In a line without an end, a bad byte may
/// be noticed or not; then the line is cut off. It is refused either way.
fn alike(
    a: &(Vec<Event>, Option<String>),
    b: &(Vec<Event>, Option<String>),
) -> bool {
    let cut = |error: &Option<String>| error.as_deref() == Some(CUT);
    let faults = a.1.is_some() && b.1.is_some();
    a.0 == b.0 && (a.1 == b.1 || faults && (cut(&a.1) || cut(&b.1)))
}

proptest! {
    #[test]
    fn any_split_gives_the_same_result(
        bytes in responses(),
        cuts in proptest::collection::vec(0usize..200, 0..8),
        method in proptest::sample::select(vec!["GET", "HEAD", "POST"]),
    ) {
        let mut cuts: Vec<_> =
            cuts.into_iter().filter(|cut| *cut < bytes.len()).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<_> =
            cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();

        let mut whole = begin(&request(method));
        send(&mut whole, Duration::ZERO);
        let mut cut = begin(&request(method));
        send(&mut cut, Duration::ZERO);
        let first = events(&mut whole, &[&bytes]);
        let second = events(&mut cut, &pieces);
        prop_assert!(alike(&first, &second), "{first:?} {second:?}");
        prop_assert_eq!(whole.is_reusable(), cut.is_reusable());

        let mut single = begin(&request(method));
        send(&mut single, Duration::ZERO);
        let pieces: Vec<_> = bytes.chunks(1).collect();
        let second = events(&mut single, &pieces);
        prop_assert!(alike(&first, &second), "{first:?} {second:?}");
    }

    #[test]
    fn no_bytes_make_it_panic_or_hoard(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        sent in 0usize..80,
    ) {
        let mut exchange = begin(&request("PUT").stream(None).unwrap());
        let n = exchange.outgoing().len().min(sent);
        exchange.sent(n, Duration::ZERO);
        let pieces: Vec<_> = bytes.chunks(3).collect();
        events(&mut exchange, &pieces);
        prop_assert!(exchange.input.len() <= config().limits.head() + 3);
    }
}
