//! Our reader beside hyper's server, on the same bytes: the same messages, or
//! ours refuses and the table says why.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use ch04_http::encode;
use ch04_http::fault::Fault as F;
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Requests};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::timeout;

/// A request that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    line: String,
    content: Vec<u8>,
    trailer: Vec<(String, Vec<u8>)>,
}

/// What we make of a connection: as a server would, it ends behind a message
/// that says so.
fn ours(bytes: &[u8]) -> (Vec<Message>, Option<F>) {
    let mut reader = Requests::new(Limits::default());
    let (mut done, mut at) = (Vec::new(), 0);
    let mut now: Option<(Message, bool)> = None;
    loop {
        let (taken, item) = match reader.next(&bytes[at..]) {
            Ok(next) => next,
            Err(fault) => return (done, Some(fault)),
        };
        at += taken;
        match item {
            Item::Head(head, meaning) => {
                let message = Message {
                    line: format!("{} {}", head.method(), head.target()),
                    content: Vec::new(),
                    trailer: Vec::new(),
                };
                now = Some((message, meaning.keep_alive));
            }
            Item::Data(data) => {
                let (message, _) = now.as_mut().expect("behind a head");
                message.content.extend(data);
            }
            Item::End(fields) => {
                let (mut message, keep_alive) =
                    now.take().expect("behind a head");
                message.trailer = fields
                    .iter()
                    .map(|f| (f.name.to_lowercase(), f.value.to_vec()))
                    .collect();
                done.push(message);
                if !keep_alive {
                    return (done, None);
                }
            }
            Item::Tunnel(_) => panic!("nobody asked for a tunnel"),
            Item::More => {
                let ended = reader.ended(&bytes[at..]);
                return (done, ended.err());
            }
        }
    }
}

async fn record(
    request: hyper::Request<Incoming>,
    done: Arc<Mutex<Vec<Message>>>,
) -> Result<hyper::Response<Empty<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let whole = body.collect().await?;
    let trailer = whole.trailers().into_iter().flatten();
    let message = Message {
        line: format!("{} {}", head.method, head.uri),
        trailer: trailer
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect(),
        content: whole.to_bytes().to_vec(),
    };
    done.lock().expect("nobody panicked").push(message);
    Ok(hyper::Response::new(Empty::new()))
}

/// What hyper's server makes of it, and what it answered.
async fn hypers(bytes: &[u8]) -> (Vec<Message>, String) {
    let (mut client, server) = duplex(1 << 16);
    let done = Arc::new(Mutex::new(Vec::new()));
    let seen = done.clone();
    let service = service_fn(move |request| record(request, Arc::clone(&seen)));
    let serve = async {
        // Its errors are the peer's faults: what it has seen is what counts.
        let _ = http1::Builder::new()
            .half_close(true)
            .serve_connection(TokioIo::new(server), service)
            .await;
    };
    let talk = async {
        client.write_all(bytes).await.expect("in memory");
        client.shutdown().await.expect("in memory");
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.expect("in memory");
        String::from_utf8_lossy(&answer).into_owned()
    };
    let both = async { tokio::join!(serve, talk).1 };
    let answer = timeout(Duration::from_secs(10), both).await;
    let done = done.lock().expect("nobody panicked").clone();
    (done, answer.expect("in time"))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// The head of a POST, with these fields, an empty line, and then content. `|`
/// stands for CR LF.
fn post(rest: &str) -> Vec<u8> {
    let text = format!("POST /1 HTTP/1.1|Host: x|{rest}");
    text.replace('|', "\r\n").into_bytes()
}

const GET: &[u8] = b"GET /2 HTTP/1.1\r\nHost: x\r\n\r\n";

/// The same to both.
const SAME: &[&str] = &[
    "|",
    "Content-Length: 0||",
    "Content-Length: 5||hello",
    "Content-Length: 0005||hello",
    "Content-Length: 5||0||",
    "content-length:5||hello",
    "Transfer-Encoding: chunked||0||",
    "Transfer-Encoding: Chunked||5|hello|0||",
    "Transfer-Encoding: chunked||1|h|4|ello|0||",
    "Transfer-Encoding: chunked||00005|hello|000||",
    "Transfer-Encoding: chunked||a;b=c|0123456789|0||",
    "Transfer-Encoding: chunked||A;b=\"c\"|0123456789|0;x||",
    "Transfer-Encoding: chunked||5 ; a|hello|0||",
    "Transfer-Encoding: chunked||0|Sum: 1|Sun: 2||",
    "Connection: close||",
    "Connection: keep-alive, close|Content-Length: 1||x",
    "Expect: 100-continue|Content-Length: 1||x",
    "Upgrade: x|Connection: upgrade|Content-Length: 1||x",
    "Content-Length: 5||hello|",
    // Faults to both: no message is seen, and none behind it.
    "Content-Length: +5||hello",
    "Content-Length: -5||hello",
    "Content-Length: 0x5||hello",
    "Content-Length: 5, 5||hello",
    "Content-Length: 5|Content-Length: 6||hello",
    "Content-Length: 18446744073709551616||hello",
    "Transfer-Encoding: xchunked||0||",
    "Transfer-Encoding: chunked, identity||0||",
    "Transfer-Encoding: identity||0||",
    "Transfer-Encoding : chunked||0||",
    "Transfer-Encoding:| chunked||0||",
    "Transfer-Encoding:\x0bchunked||0||",
    "Transfer-Encoding: chunked||0x5|hello|0||",
    "Transfer-Encoding: chunked||+5|hello|0||",
    "Transfer-Encoding: chunked|| 5|hello|0||",
    "Transfer-Encoding: chunked||5 5|hello|0||",
    "Transfer-Encoding: chunked||10000000000000005|hello|0||",
    "Transfer-Encoding: chunked||5\nhello|0||",
    "Transfer-Encoding: chunked||5\rhello|0||",
    "Transfer-Encoding: chunked||5|hello0||",
    "Transfer-Encoding: chunked||5|helloXX0||",
    "Transfer-Encoding: chunked||5|hello\n0||",
    "Transfer-Encoding: chunked||5|hell",
    "Content-Length: 5||hell",
    "Content-Length:||hello",
    "Transfer-Encoding:||0||",
    "Transfer-Encoding: chunked,||0||",
    "Transfer-Encoding: \"chunked\"||0||",
    "Transfer-Encoding: chunked;a=b||0||",
    "Transfer-Encoding: a;b=\", chunked\"||0||",
    "Transfer-Encoding: chunked|Transfer-Encoding: identity||0||",
    "Transfer-Encoding: chunked|||hello|0||",
    "Transfer-Encoding: chunked||5;a\nhello|0||",
    "Transfer-Encoding: chunked||0\n\n",
    "Transfer-Encoding: chunked||0|A : b||",
    "Transfer-Encoding: chunked||0|A||",
    "A: b| c||",
    "A: b\rc||",
];

/// What hyper takes and we do not, and why.
const STRICTER: &[(&str, F, &str)] = &[
    (
        "Content-Length: 5|Content-Length: 5||hello",
        F::TwoLengths,
        "RFC 9110, 8.6 lets a recipient refuse them, or take them for one",
    ),
    (
        "Content-Length: 5|Transfer-Encoding: chunked||0||",
        F::LengthAndCoding,
        "RFC 9112, 6.3, item 3: the coding wins, and it ought to be an error",
    ),
    (
        "Transfer-Encoding: gzip, chunked||0||",
        F::UnknownCoding,
        "RFC 9112, 6.1: 501 for a coding that is not understood; hyper hands \
            on the compressed bytes",
    ),
    (
        "Transfer-Encoding: identity|Transfer-Encoding: chunked||0||",
        F::UnknownCoding,
        "the same; and two lines, of which others see the first",
    ),
    (
        "Transfer-Encoding: chunked, chunked||0||",
        F::ChunkedNotLast,
        "RFC 9112, 6.1: no sender chunks twice",
    ),
    (
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||",
        F::ChunkedNotLast,
        "the same on two lines",
    ),
    (
        "Transfer-Encoding: , chunked||0||",
        F::BadCoding,
        "RFC 9110, 5.6.1: an empty element that no sender writes",
    ),
    (
        "Transfer-Encoding: chunked||5;|hello|0||",
        F::ChunkExtension(b'\r'),
        "RFC 9112, 7.1.1: an extension has a name",
    ),
    (
        "Transfer-Encoding: chunked||5;a=\x01|hello|0||",
        F::ChunkExtension(1),
        "RFC 9112, 7.1.1: neither a token nor a quoted string",
    ),
    (
        "Transfer-Encoding: chunked||5;\"|hello|0||",
        F::ChunkExtension(b'"'),
        "the same: the quoted string has no end in this line",
    ),
    (
        "Transfer-Encoding: chunked||5 |hello|0||",
        F::ChunkExtension(b' '),
        "RFC 9112, 7.1.1: blanks stand in front of an extension",
    ),
    (
        "Transfer-Encoding: chunked||00000000000000005|hello|0||",
        F::ChunkSizeTooLong,
        "zeros without a bound are traffic without a bound",
    ),
    (
        "Transfer-Encoding: chunked||0|Content-Length: 5||",
        F::FramingInTrailer,
        "RFC 9110, 6.5.1; hyper hands it on, apart from the header",
    ),
    (
        "Transfer-Encoding: chunked||0|a: b\n\n",
        F::BareLf,
        "RFC 9112, 2.2: a recipient may take LF for the end of a line",
    ),
    ("A: b\nC: d||", F::BareLf, "the same"),
    (
        "Host: y||",
        F::TwoHosts,
        "RFC 9112, 3.2: 400 for more than one; a caller of hyper has to look",
    ),
    (
        "Content-Length: 5||hello||",
        F::NoVersion,
        "RFC 9112, 2.2: at least one empty line; we forgive one",
    ),
];

#[test]
fn the_same_messages() {
    for rest in SAME {
        let bytes = [&post(rest), GET].concat();
        let (ours, fault) = ours(&bytes);
        let (hypers, answer) = block_on(hypers(&bytes));
        assert_eq!(ours, hypers, "{rest:?}: {fault:?}; {answer}");
        if ours.is_empty() {
            assert!(fault.is_some(), "{rest:?}");
        }
    }
}

#[test]
fn stricter_where_the_table_says_so() {
    for (rest, want, why) in STRICTER {
        let bytes = [&post(rest), GET].concat();
        let (ours, fault) = ours(&bytes);
        let (hypers, _) = block_on(hypers(&bytes));
        assert_eq!(fault, Some(*want), "{rest:?}: {why}");
        // Should hyper refuse it one day, the line moves to the others.
        assert!(ours.len() < hypers.len(), "{rest:?}: {why}");
        assert!(hypers.starts_with(&ours), "{rest:?}: {why}");
    }
}

/// Content behind a head, whole or not, and fields that may or may not fit.
fn message() -> impl Strategy<Value = Vec<u8>> {
    const FIELDS: &[&str] = &[
        "Content-Length: 5|",
        "Content-Length: 12|",
        "Transfer-Encoding: chunked|",
        "Transfer-Encoding: chunked|",
        "Connection: close|",
        "A: b|",
    ];
    let chunk = prop_oneof![
        6 => prop::collection::vec(any::<u8>(), 1..20).prop_map(|data| {
            let mut out = Vec::new();
            encode::chunk(&mut out, &data);
            out
        }),
        1 => "[0-9a-g]{0,2}[ \t;+x]{0,1}[a=\"]{0,2}\r?\n[a-z]{1,6}\r?\n"
            .prop_map(String::into_bytes),
    ];
    let chunks =
        (prop::collection::vec(chunk, 0..4), 0..4).prop_map(|(chunks, end)| {
            let end: &[u8] = match end {
                0 => b"",
                1 => b"0\r\nA: b\r\n\r\n",
                _ => encode::LAST_CHUNK,
            };
            [&chunks.concat(), end].concat()
        });
    let fields = prop::sample::select(FIELDS);
    (prop::collection::vec(fields, 0..3), chunks).prop_map(
        |(fields, content)| {
            [post(&format!("{}|", fields.concat())), content].concat()
        },
    )
}

proptest! {
    /// Whatever comes, we see no message that hyper does not see, and what we
    /// do not refuse we see as it does.
    #[test]
    fn never_another_message(
        messages in prop::collection::vec(message(), 1..4),
    ) {
        let bytes = messages.concat();
        let (ours, fault) = ours(&bytes);
        let (hypers, _) = block_on(hypers(&bytes));
        prop_assert!(hypers.starts_with(&ours), "{ours:?} {hypers:?}");
        if fault.is_none() {
            prop_assert_eq!(ours, hypers);
        }
    }
}
