//! Heads as httparse reads them. What it refuses, we refuse. Where else the
//! two differ, the kind of difference is in a table, with its reason.

use httparse::{EMPTY_HEADER, Error, Status};
use proptest::prelude::*;

use super::*;

/// What httparse says: a whole head, too few bytes, or no.
type Theirs = Result<Option<Message>, Error>;

/// What we say.
type Ours = Result<Option<Message>, Fault>;

/// A kind of head that both read whole or refuse, and not alike.
#[derive(Debug)]
struct Kind {
    /// What it is.
    name: &'static str,
    /// Why we do otherwise.
    reason: &'static str,
    /// The rule.
    section: &'static str,
    /// Which heads are of this kind.
    is: fn(&[u8], &Ours) -> bool,
    examples: &'static [&'static [u8]],
}

const REQUESTS: [Kind; 5] = [
    Kind {
        name: "a line ends with LF alone",
        reason: "a recipient may take it for a line's end, and another may \
            not: two messages out of one",
        section: "RFC 9112, section 2.2",
        is: |_, ours| *ours == Err(Fault::BareLf),
        examples: &[
            b"GET / HTTP/1.1\n\n",
            b"GET / HTTP/1.1\r\nA: b\n\r\n",
            b"GET / HTTP/1.1\r\nA: b\r\n\n",
            b"\nGET / HTTP/1.1\r\n\r\n",
        ],
    },
    Kind {
        name: "more than one empty line in front",
        reason: "one is to be forgiven, for the sake of old clients that \
            sent it behind content; a peer could send them for ever",
        section: "RFC 9112, section 2.2",
        is: |bytes, ours| {
            *ours == Err(Fault::NoVersion) && bytes.starts_with(b"\r\n\r\n")
        },
        examples: &[b"\r\n\r\nGET / HTTP/1.1\r\n\r\n"],
    },
    Kind {
        name: "a target in none of the four forms",
        reason: "a recipient should answer 400 and not correct it; what it \
            means is anybody's guess",
        section: "RFC 9112, section 3.2",
        is: |_, ours| *ours == Err(Fault::TargetForm),
        examples: &[
            b"GET x HTTP/1.1\r\n\r\n",
            b"GET * HTTP/1.1\r\n\r\n",
            b"GET /#a HTTP/1.1\r\n\r\n",
            b"GET http://user@x/ HTTP/1.1\r\n\r\n",
            b"CONNECT / HTTP/1.1\r\n\r\n",
        ],
    },
    Kind {
        name: "a target that is not ASCII",
        reason: "a URI has other bytes percent-encoded",
        section: "RFC 3986, section 2",
        is: |_, ours| matches!(ours, Err(Fault::TargetByte(0x80..))),
        examples: &["GET /\u{e9} HTTP/1.1\r\n\r\n".as_bytes()],
    },
    Kind {
        name: "more than our limits allow",
        reason: "httparse leaves all limits but the number of fields to its \
            caller",
        section: "RFC 9110, section 2.3",
        is: |_, ours| is_limit(ours),
        examples: &[b"ABCDEFGHIJKLMNOPQRSTUVWXYZ-1234567 / HTTP/1.1\r\n\r\n"],
    },
];

const RESPONSES: [Kind; 5] = [
    Kind {
        name: "a line ends with LF alone",
        reason: "as in requests",
        section: "RFC 9112, section 2.2",
        is: |_, ours| *ours == Err(Fault::BareLf),
        examples: &[
            b"HTTP/1.1 200 OK\n\r\n",
            b"HTTP/1.1 200\n\n",
            b"HTTP/1.1 200 OK\r\nA: b\n\r\n",
            b"\nHTTP/1.1 200 OK\r\n\r\n",
        ],
    },
    Kind {
        name: "an empty line in front",
        reason: "it is forgiven in requests; a response that does not begin \
            where it should belongs to a stream that is out of step",
        section: "RFC 9112, section 2.2",
        is: |bytes, ours| {
            *ours == Err(Fault::NoVersion) && bytes.starts_with(b"\r\n")
        },
        examples: &[b"\r\nHTTP/1.1 200 OK\r\n\r\n"],
    },
    Kind {
        name: "a status code below 100",
        reason: "its first digit is its class, and there is no class 0",
        section: "RFC 9110, section 15",
        is: |_, ours| *ours == Err(Fault::StatusCode),
        examples: &[b"HTTP/1.1 000 OK\r\n\r\n", b"HTTP/1.1 099 OK\r\n\r\n"],
    },
    Kind {
        name: "a reason phrase that is not ASCII",
        reason: "it may be there; httparse, which gives a str, leaves it out",
        section: "RFC 9112, section 4",
        is: |_, ours| {
            let Ok(Some(ours)) = ours else { return false };
            !ours.words[1].is_ascii()
        },
        examples: &["HTTP/1.1 200 \u{e7}a va\r\n\r\n".as_bytes()],
    },
    Kind {
        name: "more than our limits allow",
        reason: "as in requests",
        section: "RFC 9110, section 2.3",
        is: |_, ours| is_limit(ours),
        examples: &[],
    },
];

fn is_limit(ours: &Ours) -> bool {
    let Err(fault) = ours else { return false };
    matches!(
        fault,
        Fault::MethodTooLong
            | Fault::TargetTooLong
            | Fault::FieldTooLong
            | Fault::SectionTooLong
            | Fault::TooManyFields
    )
}

fn version(minor: Option<u8>) -> Option<Version> {
    minor.map(|minor| [Version::Http10, Version::Http11][usize::from(minor)])
}

fn list(headers: &[httparse::Header<'_>]) -> Vec<(String, Vec<u8>)> {
    let field = |h: &httparse::Header<'_>| (h.name.into(), h.value.into());
    headers.iter().map(field).collect()
}

fn their_request(bytes: &[u8]) -> Theirs {
    let mut headers = [EMPTY_HEADER; 100];
    let mut request = httparse::Request::new(&mut headers);
    Ok(match request.parse(bytes)? {
        Status::Partial => None,
        Status::Complete(len) => Some(Message {
            len,
            words: [request.method, request.path].map(|w| w.unwrap().into()),
            version: version(request.version),
            fields: list(request.headers),
        }),
    })
}

fn their_response(bytes: &[u8]) -> Theirs {
    let mut headers = [EMPTY_HEADER; 100];
    let mut response = httparse::Response::new(&mut headers);
    Ok(match response.parse(bytes)? {
        Status::Partial => None,
        Status::Complete(len) => Some(Message {
            len,
            words: [
                response.code.unwrap().to_string().into(),
                response.reason.unwrap().into(),
            ],
            version: version(response.version),
            fields: list(response.headers),
        }),
    })
}

fn our_request(bytes: &[u8]) -> Ours {
    let mut head = Head::default();
    let len = head.read_request(bytes, &Limits::default())?;
    Ok(len.map(|len| of_request(bytes, len, &head)))
}

fn our_response(bytes: &[u8]) -> Ours {
    let mut head = Head::default();
    let len = head.read_response(bytes, &Limits::default())?;
    Ok(len.map(|len| of_response(bytes, len, &head)))
}

/// Which kind of difference there is, if any.
fn difference<'k>(
    bytes: &[u8],
    ours: fn(&[u8]) -> Ours,
    theirs: fn(&[u8]) -> Theirs,
    kinds: &'k [Kind],
) -> Option<&'k Kind> {
    match (ours(bytes), theirs(bytes)) {
        (Err(_), Err(_)) => None,
        // Whoever waits has not said anything.
        (Err(_) | Ok(None), Ok(None)) => None,
        (Ok(None), Err(_)) => {
            assert_is_hopeless(bytes, ours);
            None
        }
        (Ok(Some(ours)), Ok(Some(theirs))) if ours == theirs => None,
        (Ok(ours), Err(theirs)) => panic!("{theirs}, and we read {ours:?}"),
        (Ok(ours), Ok(None)) => panic!("it waits, and we read {ours:?}"),
        (ours, Ok(Some(theirs))) => {
            let mut kinds = kinds.iter().filter(|kind| (kind.is)(bytes, &ours));
            let kind = kinds.next();
            assert!(kind.is_some(), "{ours:?}, and it reads {theirs:?}");
            assert!(kinds.next().is_none(), "two kinds at once");
            kind
        }
    }
}

/// httparse has refused these, and we wait, to say what is wrong: for the byte
/// behind a CR or behind a blank in a name, or for a version that may be a real one of another protocol.
/// Nothing that can come makes them a head.
fn assert_is_hopeless(bytes: &[u8], ours: fn(&[u8]) -> Ours) {
    const BEHIND: [&str; 10] = [
        "\n",
        "\r",
        "\n\r\n",
        "\r\n\r\n",
        " ",
        "x",
        ".",
        "1\r\n\r\n",
        ".1\r\n\r\n",
        " 200 OK\r\n\r\n",
    ];
    for behind in BEHIND {
        let longer = [bytes, behind.as_bytes()].concat();
        if let Ok(Some(read)) = ours(&longer) {
            panic!("httparse refuses it, and we read {read:?}");
        }
    }
    let undecided = b"\r \tHTP/.".contains(bytes.last().unwrap())
        || bytes.last().unwrap().is_ascii_digit();
    assert!(undecided, "we wait behind {}", bytes.escape_ascii());
}

#[test]
fn each_kind_has_examples() {
    for (kinds, ours, theirs) in [
        (
            &REQUESTS,
            our_request as fn(&[u8]) -> _,
            their_request as fn(&[u8]) -> _,
        ),
        (&RESPONSES, our_response, their_response),
    ] {
        for kind in kinds {
            assert!(kind.section.starts_with("RFC "));
            assert!(!kind.reason.is_empty());
            for example in kind.examples {
                let found = difference(example, ours, theirs, kinds);
                let found = found.map(|kind| kind.name);
                assert_eq!(found, Some(kind.name));
            }
        }
    }
    // The example that is too long for a table.
    let long = format!("HTTP/1.1 200 {}\r\n\r\n", "x".repeat(8 << 10));
    let found =
        difference(long.as_bytes(), our_response, their_response, &RESPONSES);
    assert_eq!(found.map(|kind| kind.name), Some(RESPONSES[4].name));
}

/// Every kind of difference comes up, so the search is no formality.
#[test]
fn the_search_finds_each_kind() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut requests, mut responses) = ([0; 5], [0; 5]);
    for _ in 0..5_000 {
        let bytes =
            generate::request().new_tree(&mut runner).unwrap().current();
        if let Some(kind) =
            difference(&bytes, our_request, their_request, &REQUESTS)
        {
            let place =
                REQUESTS.iter().position(|k| k.name == kind.name).unwrap();
            requests[place] += 1;
        }
        let bytes = generate::response()
            .new_tree(&mut runner)
            .unwrap()
            .current();
        if let Some(kind) =
            difference(&bytes, our_response, their_response, &RESPONSES)
        {
            let place =
                RESPONSES.iter().position(|k| k.name == kind.name).unwrap();
            responses[place] += 1;
        }
    }
    assert!(requests.iter().all(|n| *n > 0), "{requests:?}");
    // Nothing that is generated is longer than 8 KiB.
    assert!(responses[..4].iter().all(|n| *n > 0), "{responses:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn requests_that_are_nearly_good(bytes in generate::request()) {
        difference(&bytes, our_request, their_request, &REQUESTS);
    }

    #[test]
    fn responses_that_are_nearly_good(bytes in generate::response()) {
        difference(&bytes, our_response, their_response, &RESPONSES);
    }

    #[test]
    fn anything(bytes in generate::anything()) {
        difference(&bytes, our_request, their_request, &REQUESTS);
        difference(&bytes, our_response, their_response, &RESPONSES);
    }
}
