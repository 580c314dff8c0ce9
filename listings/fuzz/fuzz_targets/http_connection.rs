//! Connections (4.2), of clients and of servers: whatever the split, the same
//! messages and the same fault, and never more kept unread than the limits
//! say.
#![no_main]

use ch04_http::fault::Fault;
use ch04_http::framing::{Asked, Meaning};
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Requests, Responses};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    method: 8,
    start_line: 48,
    field_line: 48,
    section: 128,
    fields: 5,
    body: 60,
    chunk_line: 16,
    chunk_extensions: 32,
};

/// An item, and what follows of it in other pieces.
#[derive(Debug, PartialEq)]
enum Said {
    Head(String, Meaning),
    Data(Vec<u8>),
    End(String),
    Tunnel(Vec<u8>),
    Closed(Result<bool, Fault>),
}

/// How much was taken, and what was said if anything was.
type Next = Result<(usize, Option<Said>), Fault>;

fn said<H>(
    (taken, item): (usize, Item<'_, H>),
    head: impl Fn(H) -> String,
) -> (usize, Option<Said>) {
    let said = match item {
        Item::Head(h, meaning) => Said::Head(head(h), meaning),
        Item::Data(data) => Said::Data(data.to_vec()),
        Item::End(fields) => Said::End(format!("{fields:?}")),
        Item::Tunnel(bytes) => Said::Tunnel(bytes.to_vec()),
        Item::More => return (taken, None),
    };
    (taken, Some(said))
}

fn run<R>(
    bytes: &[u8],
    sizes: &[u8],
    mut reader: R,
    next: impl Fn(&mut R, &[u8]) -> Next,
    close: impl Fn(&mut R, &[u8]) -> Result<bool, Fault>,
) -> Vec<Said> {
    let (mut all, mut start, mut end) = (Vec::<Said>::new(), 0, 0);
    let mut sizes = sizes.iter().cycle();
    loop {
        let (taken, item) = match next(&mut reader, &bytes[start..end]) {
            Ok(next) => next,
            Err(fault) => {
                assert_eq!(next(&mut reader, b"").unwrap_err(), fault);
                all.push(Said::Closed(Err(fault)));
                return all;
            }
        };
        start += taken;
        match (all.last_mut(), item) {
            (Some(Said::Data(data)), Some(Said::Data(more)))
            | (Some(Said::Tunnel(data)), Some(Said::Tunnel(more))) => {
                data.extend(more);
            }
            (_, Some(item)) => all.push(item),
            (_, None) if end == bytes.len() => {
                let closed = close(&mut reader, &bytes[start..]);
                all.push(Said::Closed(closed));
                return all;
            }
            (_, None) => {
                let most = LIMITS.start_line + LIMITS.section + 4;
                assert!(end - start < most);
                let size = sizes.next().map_or(usize::MAX, |s| (*s).into());
                end = end.saturating_add(size.max(1)).min(bytes.len());
            }
        }
    }
}

fn requests(bytes: &[u8], sizes: &[u8]) -> Vec<Said> {
    let next = |reader: &mut Requests, input: &[u8]| {
        reader
            .next(input)
            .map(|item| said(item, |h| format!("{h:?}")))
    };
    let close = |reader: &mut Requests, unread: &[u8]| {
        reader.ended(unread).map(|()| false)
    };
    run(bytes, sizes, Requests::new(LIMITS), next, close)
}

fn responses(bytes: &[u8], sizes: &[u8], asked: Asked) -> Vec<Said> {
    let mut reader = Responses::new(LIMITS);
    reader.answers(asked);
    let next = |reader: &mut Responses, input: &[u8]| {
        reader
            .next(input)
            .map(|item| said(item, |h| format!("{h:?}")))
    };
    run(bytes, sizes, reader, next, Responses::ended)
}

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let (sizes, bytes) = input;
    let whole = requests(&bytes, &[]);
    assert_eq!(whole, requests(&bytes, &[1]));
    assert_eq!(whole, requests(&bytes, &sizes));
    for asked in [Asked::Other, Asked::Head, Asked::Connect] {
        let whole = responses(&bytes, &[], asked);
        assert_eq!(whole, responses(&bytes, &[1], asked));
        assert_eq!(whole, responses(&bytes, &sizes, asked));
    }
});
