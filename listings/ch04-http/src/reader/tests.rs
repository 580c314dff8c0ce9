use proptest::prelude::*;

use super::*;
use crate::encode;
use crate::head::Field;
use Fault as F;

/// What a reader says of a connection: data joined, so that the pieces in
/// which it arrived cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Head(String, Meaning),
    Data(Vec<u8>),
    End(Vec<(String, Vec<u8>)>),
    Tunnel(Vec<u8>),
    /// How it ended.
    Closed(Result<bool, Fault>),
}

use Said::{Closed, Data, End, Tunnel};

/// Either reader. What the readers say borrows from them, so it is copied.
trait Reads {
    fn read(&mut self, input: &[u8]) -> Result<(usize, Option<Said>), Fault>;
    fn close(&mut self, unread: &[u8]) -> Result<bool, Fault>;
}

impl Reads for Requests {
    fn read(&mut self, input: &[u8]) -> Result<(usize, Option<Said>), Fault> {
        let (taken, item) = self.next(input)?;
        Ok((taken, said(item, |head| format!("{head:?}"))))
    }

    fn close(&mut self, unread: &[u8]) -> Result<bool, Fault> {
        self.ended(unread).map(|()| false)
    }
}

/// Answers to these, one after the other.
struct Answers(Responses, Vec<Asked>);

impl Answers {
    fn new(limits: Limits, asked: &[Asked]) -> Self {
        let mut asked: Vec<_> = asked.iter().rev().copied().collect();
        let mut responses = Responses::new(limits);
        responses.answers(asked.pop().unwrap_or_default());
        Answers(responses, asked)
    }
}

impl Reads for Answers {
    fn read(&mut self, input: &[u8]) -> Result<(usize, Option<Said>), Fault> {
        let (taken, item) = self.0.next(input)?;
        let is_final =
            matches!(&item, Item::Head(head, _) if head.status() >= 200);
        let said = said(item, |head| format!("{head:?}"));
        if is_final {
            self.0.answers(self.1.pop().unwrap_or_default());
        }
        Ok((taken, said))
    }

    fn close(&mut self, unread: &[u8]) -> Result<bool, Fault> {
        self.0.ended(unread)
    }
}

fn said<H>(item: Item<'_, H>, head: impl Fn(H) -> String) -> Option<Said> {
    let field = |f: Field<'_>| (f.name.to_owned(), f.value.to_vec());
    Some(match item {
        Item::Head(h, meaning) => Said::Head(head(h), meaning),
        Item::Data(data) => Data(data.to_vec()),
        Item::End(fields) => End(fields.iter().map(field).collect()),
        Item::Tunnel(bytes) => Tunnel(bytes.to_vec()),
        Item::More => return None,
    })
}

/// Shows `bytes` to a reader in pieces as long as `sizes` say, over and over
/// (at once if they say nothing), and ends the stream. Checks what has to hold
/// after each step.
fn run(
    mut reader: impl Reads,
    bytes: &[u8],
    sizes: &[usize],
    limits: &Limits,
) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    let (mut start, mut end) = (0, 0);
    let mut sizes = sizes.iter().cycle();
    loop {
        let input = &bytes[start..end];
        let (taken, item) = match reader.read(input) {
            Ok(next) => next,
            Err(fault) => {
                // It does not get over it.
                assert_eq!(reader.read(input), Err(fault));
                assert_eq!(reader.read(b""), Err(fault));
                assert_eq!(reader.close(b""), Err(fault));
                all.push(Closed(Err(fault)));
                return all;
            }
        };
        assert!(taken <= input.len());
        start += taken;
        match (all.last_mut(), item) {
            (Some(Data(so_far)), Some(Data(more)))
            | (Some(Tunnel(so_far)), Some(Tunnel(more))) => so_far.extend(more),
            (_, Some(item)) => all.push(item),
            (_, None) => {
                let kept = end - start;
                assert!(kept < most(limits), "{kept} bytes to be kept");
                if end == bytes.len() {
                    break;
                }
                let size = sizes.next().copied().unwrap_or(usize::MAX);
                end = end.saturating_add(size.max(1)).min(bytes.len());
            }
        }
    }
    let closed = reader.close(&bytes[start..]);
    all.push(Closed(closed));
    all
}

/// What a reader must see whole at the most: a head and an empty line in
/// front of it, or the first line of a chunk.
fn most(limits: &Limits) -> usize {
    let head = 2 + limits.start_line + 2 + limits.section;
    head.max(limits.chunk_line + 2)
}

fn requests(bytes: &[u8], sizes: &[usize], limits: &Limits) -> Vec<Said> {
    run(Requests::new(*limits), bytes, sizes, limits)
}

fn responses(
    bytes: &[u8],
    asked: &[Asked],
    sizes: &[usize],
    limits: &Limits,
) -> Vec<Said> {
    run(Answers::new(*limits, asked), bytes, sizes, limits)
}

/// In a line an item, for tables: at once, and byte by byte.
fn short(bytes: &str, asked: Option<&[Asked]>) -> String {
    let bytes = bytes.replace('\n', "\r\n");
    let limits = Limits::default();
    let go = |sizes: &[usize]| match asked {
        None => requests(bytes.as_bytes(), sizes, &limits),
        Some(asked) => responses(bytes.as_bytes(), asked, sizes, &limits),
    };
    let all = go(&[]);
    assert_eq!(all, go(&[1]), "{bytes:?}");
    let words: Vec<String> = all.iter().map(word).collect();
    words.join(" ")
}

fn word(said: &Said) -> String {
    match said {
        Said::Head(_, meaning) if meaning.keep_alive => "head".into(),
        Said::Head(..) => "last".into(),
        Data(data) => String::from_utf8_lossy(data).replace("\r\n", "/"),
        End(fields) => format!("end{}", fields.len()),
        Tunnel(bytes) => format!("tunnel:{}", bytes.escape_ascii()),
        Closed(Ok(false)) => ".".into(),
        Closed(Ok(true)) => "end.".into(),
        Closed(Err(fault)) => format!("{fault:?}"),
    }
}

/// RFC 9112, sections 6 to 9: connections of a client.
#[test]
fn requests_one_after_the_other() {
    const GET: &str = "GET / HTTP/1.1\nHost: x\n\n";
    const CHUNKED: &str =
        "POST / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n";
    let post = |length: u64| {
        format!("POST / HTTP/1.1\nHost: x\nContent-Length: {length}\n\n")
    };
    for (bytes, want) in [
        (String::new(), "."),
        ("\n".into(), "."),
        ("\n\n".into(), "NoVersion"),
        (GET.into(), "head end0 ."),
        (GET.repeat(3), "head end0 head end0 head end0 ."),
        (format!("\n{GET}\n{GET}\n"), "head end0 head end0 ."),
        (GET[..10].into(), "CutOff"),
        (GET[..GET.len() - 1].into(), "CutOff"),
        (format!("{GET}G"), "head end0 CutOff"),
        ("GET / HTTP/1.0\n\n".into(), "last end0 ."),
        (
            "GET / HTTP/1.1\nHost: x\nConnection: close\n\n".into(),
            "last end0 .",
        ),
        // Content with a length; GET may have it too.
        (post(0) + GET, "head end0 head end0 ."),
        (post(5) + "hello" + GET, "head hello end0 head end0 ."),
        (post(5) + "hello\n" + GET, "head hello end0 head end0 ."),
        (post(5) + "hell", "head hell CutOff"),
        (post(5), "head CutOff"),
        (
            post(GET.len() as u64 + 3) + GET,
            "head GET / HTTP/1.1/Host: x// end0 .",
        ),
        (
            GET.replace("\n\n", "\nContent-Length: 1\n\n") + "x" + GET,
            "head x end0 head end0 .",
        ),
        // Chunks.
        (
            format!("{CHUNKED}5\nhello\n0\n\n{GET}"),
            "head hello end0 head end0 .",
        ),
        (
            format!("{CHUNKED}0\nA: b\n\n{GET}"),
            "head end1 head end0 .",
        ),
        (format!("{CHUNKED}5\nhello\n0\n"), "head hello CutOff"),
        (format!("{CHUNKED}5\nhello\n"), "head hello CutOff"),
        (format!("{CHUNKED}5\nhello6"), "head hello ChunkEnd(54)"),
        (CHUNKED.into(), "head CutOff"),
        // Whether a tunnel opens is in the answer. Until then this is HTTP.
        ("CONNECT x:1 HTTP/1.1\nHost: x:1\n\n".into(), "head end0 ."),
    ] {
        assert_eq!(short(&bytes, None), want, "{bytes:?}");
    }
}

/// Connections of a server.
#[test]
fn responses_one_after_the_other() {
    use Asked::{Connect, Head, Other};
    const OK: &str = "HTTP/1.1 200 OK\nContent-Length: 2\n\n";
    const CHUNKED: &str = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n";
    const CLOSE: &str = "HTTP/1.1 200 OK\n\n";
    const INTERIM: &str = "HTTP/1.1 100 Continue\n\n";
    let ok = |rest: &str| format!("{OK}{rest}");
    for (bytes, asked, want) in [
        (String::new(), &[][..], "."),
        ("\n".into(), &[], "NoVersion"),
        (ok("hi"), &[], "head hi end0 ."),
        (ok("h"), &[], "head h CutOff"),
        (ok("hi") + &ok("ho"), &[], "head hi end0 head ho end0 ."),
        (format!("{CHUNKED}2\nhi\n0\n\n"), &[], "head hi end0 ."),
        (format!("{CHUNKED}2\nhi\n"), &[], "head hi CutOff"),
        // With the connection: no response can follow.
        (CLOSE.into(), &[], "last end."),
        (format!("{CLOSE}{OK}"), &[], &last(OK)),
        // HEAD, 204, 304.
        (ok(""), &[Head], "head end0 ."),
        (ok(OK) + "hi", &[Head, Other], "head end0 head hi end0 ."),
        (
            format!("{CHUNKED}{OK}hi"),
            &[Head],
            "head end0 head hi end0 .",
        ),
        (
            format!("{CLOSE}{OK}hi"),
            &[Head],
            "head end0 head hi end0 .",
        ),
        (ok("hi").replace("200", "204"), &[], "head end0 NoVersion"),
        (
            OK.replace("200", "304") + OK,
            &[Other, Head],
            "head end0 head end0 .",
        ),
        // Interim responses do not use up what was asked.
        (
            INTERIM.repeat(2) + OK,
            &[Head],
            "head end0 head end0 head end0 .",
        ),
        (format!("{INTERIM}{OK}hi"), &[], "head end0 head hi end0 ."),
        (INTERIM.into(), &[], "head end0 ."),
        (
            "HTTP/1.1 103 Early Hints\nLink: </a>\n\n".to_owned() + OK + "hi",
            &[],
            "head end0 head hi end0 .",
        ),
        // Tunnels.
        (ok("\0GET"), &[Connect], "last tunnel:\\x00GET ."),
        (ok(""), &[Connect], "last ."),
        (
            ok("hi").replace("200", "407") + OK,
            &[Connect, Connect],
            "head hi end0 last .",
        ),
        (
            "HTTP/1.1 101 x\nUpgrade: y\n\nz".into(),
            &[],
            "last tunnel:z .",
        ),
        // No server may send these (RFC 9112, section 6.1).
        (CHUNKED.replace("1.1", "1.0"), &[], "CodingInOldVersion"),
    ] {
        assert_eq!(short(&bytes, Some(asked)), want, "{bytes:?}");
    }
}

fn last(content: &str) -> String {
    format!("last {} end.", content.replace('\n', "/"))
}

#[test]
fn an_upgrade_waits_for_the_content() {
    let head = "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";
    let bytes = format!("{head}hi\x01\x02");
    for early in [true, false] {
        let mut reader = Requests::new(Limits::default());
        let (mut at, mut all) = (0, Vec::new());
        loop {
            let next = reader.read(&bytes.as_bytes()[at..]).unwrap();
            at += next.0;
            match next.1 {
                Some(item) => all.push(word(&item)),
                None => break,
            }
            // Right behind the head, or behind the end.
            if all.len() == if early { 1 } else { 3 } {
                reader.upgrade();
            }
        }
        assert_eq!(all, ["head", "hi", "end0", "tunnel:\\x01\\x02"]);
        assert_eq!(reader.ended(b""), Ok(()));
        assert!(reader.is_within(b""));
    }
    // Without content, nothing is waited for.
    let mut reader = Requests::new(Limits::default());
    let bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\x01";
    let (at, _) = reader.next(bytes).unwrap();
    reader.upgrade();
    let (_, item) = reader.read(&bytes[at..]).unwrap();
    assert_eq!(item, Some(Tunnel(b"\x01".to_vec())));
    // What was refused stays refused.
    let mut reader = Requests::new(Limits::default());
    let fault = reader.next(b"\0").unwrap_err();
    reader.upgrade();
    assert_eq!(reader.next(b"\0").unwrap_err(), fault);
}

#[test]
fn within_a_message_or_between_two() {
    let mut reader = Requests::new(Limits::default());
    for (unread, within) in
        [("", false), ("\r\n", false), ("G", true), ("\r\nG", true)]
    {
        assert_eq!(reader.is_within(unread.as_bytes()), within);
    }
    let bytes = b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";
    for len in 1..bytes.len() {
        assert!(reader.is_within(&bytes[..len]));
    }
    let (head, _) = reader.next(bytes).unwrap();
    assert!(reader.is_within(b""));
    let (data, _) = reader.next(&bytes[head..]).unwrap();
    assert!(reader.is_within(b""));
    let (end, _) = reader.next(&bytes[head + data..]).unwrap();
    assert_eq!(head + data + end, bytes.len());
    assert!(!reader.is_within(b""));
}

#[test]
fn what_was_refused() {
    let refused = |bytes: &[u8]| {
        let mut reader = Requests::new(Limits::default());
        let mut at = 0;
        let fault = loop {
            match reader.next(&bytes[at..]) {
                Ok((taken, _)) => at += taken,
                Err(fault) => break fault,
            }
        };
        let head = reader.refused(&bytes[at..]);
        (fault, head.map(|head| head.target().to_owned()))
    };
    let a = || Some("/a".to_owned());
    let two = b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\n\r\n";
    for (bytes, want) in [
        (&b"\0"[..], (F::Control(0), None)),
        (b"GET /a\0", (F::Control(0), None)),
        (b"GET /a HTTP/1.1\r\n\r\n", (F::NoHost, a())),
        (b"GET /a HTTP/1.1\r\nA: \0", (F::Control(0), a())),
        (two, (F::NoHost, a())),
        // Not a head: nothing of the one before, whose bytes are gone.
        (
            b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\
                \r\n\r\nx",
            (F::ChunkSizeByte(b'x'), None),
        ),
        (
            b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\
                \r\n\r\n0\r\nHost: y\r\n\r\n",
            (F::FramingInTrailer, None),
        ),
    ] {
        assert_eq!(refused(bytes), want, "{}", bytes.escape_ascii());
    }
}

fn small() -> Limits {
    Limits {
        method: 8,
        start_line: 40,
        field_line: 40,
        section: 90,
        fields: 4,
        body: 30,
        chunk_line: 10,
        chunk_extensions: 16,
    }
}

/// What stands between heads.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let chunk = prop::collection::vec(any::<u8>(), 1..12).prop_map(|data| {
        let mut out = Vec::new();
        encode::chunk(&mut out, &data);
        out
    });
    prop_oneof![
        2 => Just(Vec::new()),
        2 => prop::collection::vec(any::<u8>(), 0..12),
        4 => (prop::collection::vec(chunk, 0..3), any::<bool>()).prop_map(
            |(chunks, trailer)| {
                let mut out = chunks.concat();
                out.extend(match trailer {
                    true => &b"0\r\nA: b\r\n\r\n"[..],
                    false => encode::LAST_CHUNK,
                });
                out
            }
        ),
    ]
}

const FIELDS: &[&str] = &[
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "Expect: 100-continue\r\n",
    "A: b\r\n",
    "Content-Length: 31\r\n",
    " folded\r\n",
];

fn message(first: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let fields = prop::collection::vec(prop::sample::select(FIELDS), 0..3usize);
    (prop::sample::select(first), fields, content()).prop_map(
        |(first, fields, content)| {
            let head = format!("{first}\r\n{}\r\n", fields.concat());
            [head.into_bytes(), content].concat()
        },
    )
}

/// Messages behind each other, and what a hostile or broken peer makes of
/// them: bytes changed, left out, and put in.
fn connection(
    first: &'static [&'static str],
) -> impl Strategy<Value = Vec<u8>> {
    let change = (
        any::<prop::sample::Index>(),
        0..3,
        any::<u8>(),
        any::<bool>(),
    );
    (
        prop::collection::vec(message(first), 1..4),
        prop::collection::vec(change, 0..3),
    )
        .prop_map(|(messages, changes)| {
            let mut bytes = messages.concat();
            for (index, how, byte, likely) in changes {
                if bytes.is_empty() {
                    break;
                }
                let at = index.index(bytes.len());
                let byte = match likely {
                    true => b"\r\n :;0"[usize::from(byte % 6)],
                    false => byte,
                };
                match how {
                    0 => bytes[at] = byte,
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, byte),
                }
            }
            bytes
        })
}

const REQUESTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: x",
    "POST / HTTP/1.1\r\nHost: x",
    "HEAD /a HTTP/1.0",
    "CONNECT x:1 HTTP/1.1\r\nHost: x:1",
    "\r\nPUT http://x/ HTTP/1.1\r\nHost: x",
];

const RESPONSES: &[&str] = &[
    "HTTP/1.1 200 OK",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 204 No Content",
    "HTTP/1.1 304 Not Modified",
    "HTTP/1.0 404 Not Found",
    "HTTP/1.1 101 Switching Protocols",
];

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![1]), prop::collection::vec(1_usize..40, 1..10),]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_split_of_requests_does_not_matter(
        bytes in connection(REQUESTS),
        sizes in sizes(),
    ) {
        for limits in [small(), Limits::default()] {
            let whole = requests(&bytes, &[], &limits);
            let split = requests(&bytes, &sizes, &limits);
            prop_assert_eq!(whole, split);
        }
    }

    #[test]
    fn a_split_of_responses_does_not_matter(
        bytes in connection(RESPONSES),
        sizes in sizes(),
        asked in prop::collection::vec(
            prop::sample::select(
                &[Asked::Other, Asked::Other, Asked::Head, Asked::Connect][..],
            ),
            0..4,
        ),
    ) {
        for limits in [small(), Limits::default()] {
            let whole = responses(&bytes, &asked, &[], &limits);
            let split = responses(&bytes, &asked, &sizes, &limits);
            prop_assert_eq!(whole, split);
        }
    }

    #[test]
    fn whatever_comes_is_no_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        sizes in sizes(),
    ) {
        let limits = small();
        let whole = requests(&bytes, &[], &limits);
        prop_assert_eq!(whole, requests(&bytes, &sizes, &limits));
        let whole = responses(&bytes, &[], &[], &limits);
        prop_assert_eq!(whole, responses(&bytes, &[], &sizes, &limits));
    }
}

/// A peer that sends the longest of everything, and never an end to it.
#[test]
fn what_is_kept_unread_is_bounded() {
    let limits = small();
    let start = format!("\r\nGET /{} HTTP/1.1\r\n", "a".repeat(26));
    let field = format!("A:{}\r\n", "b".repeat(37));
    for (bytes, fault) in [
        (format!("GET /{}", "a".repeat(1000)), F::TargetTooLong),
        ("G".repeat(1000), F::MethodTooLong),
        (format!("{start}{}", "a".repeat(1000)), F::FieldTooLong),
        (format!("{start}A:{}", " ".repeat(1000)), F::FieldTooLong),
        (format!("{start}{}", field.repeat(20)), F::SectionTooLong),
        (format!("{start}{}", "A:\r\n".repeat(20)), F::TooManyFields),
    ] {
        for size in [1, 7, 1000] {
            // `run` checks the bound.
            let all = requests(bytes.as_bytes(), &[size], &limits);
            assert_eq!(all, [Closed(Err(fault))], "{bytes:?}");
        }
    }
    // The longest head there can be is read, and not one byte before.
    let last = format!("B:{}\r\nHost:\r\n", "b".repeat(36));
    let bytes = format!("{start}{field}{last}\r\n");
    assert_eq!(bytes.len(), most(&limits));
    let sizes = vec![1; bytes.len()];
    let all = requests(bytes.as_bytes(), &sizes, &limits);
    assert_eq!(
        all.iter().map(word).collect::<Vec<_>>(),
        ["head", "end0", "."]
    );
}
