//! The client (4.3): whatever a server answers, and however it is cut, comes
//! to the same; and no redirect leads to where the client must not go.
#![no_main]

use std::time::Duration;

use ch04_http::client::{
    Config, Error, Event, Exchange, Redirects, Request, ResponseHead,
};
use ch04_http::limits::Limits;
use libfuzzer_sys::fuzz_target;

const NOW: Duration = Duration::ZERO;

/// Small, so that the fuzzer reaches them.
fn config() -> Config {
    Config {
        limits: Limits {
            method: 8,
            start_line: 48,
            field_line: 64,
            section: 160,
            fields: 6,
            body: 100,
            chunk_line: 16,
            chunk_extensions: 64,
        },
        interim: 2,
        ..Config::default()
    }
}

/// The pieces of content joined, for where they are cut is nobody's business.
type Outcome = (Vec<Event>, Option<String>, bool);

fn outcome(request: &Request, pieces: &[&[u8]]) -> Outcome {
    let mut exchange = Exchange::new(request, &config(), NOW, Duration::MAX);
    while !exchange.outgoing().is_empty() {
        exchange.sent(exchange.outgoing().len(), NOW);
    }
    let mut events = Vec::new();
    let mut error = None;
    for piece in pieces {
        exchange.received(piece, NOW);
        error = drain(&mut exchange, &mut events).err();
        if error.is_some() {
            break;
        }
    }
    if error.is_none() && !exchange.is_over() {
        exchange.ended();
        error = drain(&mut exchange, &mut events).err();
    }
    let error = error.map(|error| error.to_string());
    (events, error, exchange.is_reusable())
}

fn drain(
    exchange: &mut Exchange,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    while let Some(event) = exchange.poll(NOW)? {
        match (events.last_mut(), event) {
            (Some(Event::Data(last)), Event::Data(data)) => {
                *last = [&last[..], &data[..]].concat().into();
            }
            (_, event) => events.push(event),
        }
    }
    Ok(())
}

/// A redirect is followed to a URL that can be asked for, or refused.
fn follow(request: &Request, head: &ResponseHead) {
    let mut redirects = Redirects::new(3);
    if let Ok(Some(next)) = redirects.follow(request, head) {
        assert!(matches!(next.url().scheme(), "https"));
        assert!(next.url().username().is_empty());
        let secret = next.fields().first("authorization");
        let same = next.origin() == request.origin();
        assert_eq!(secret.is_some(), same);
        let mut bytes = Vec::new();
        next.write(&mut bytes);
        let lines = bytes.split(|byte| *byte == b'\n').count();
        assert!(lines <= 6, "a line more than was meant");
    }
}

fuzz_target!(|octets: &[u8]| {
    let [kind, rest @ ..] = octets else { return };
    let method = ["GET", "HEAD", "POST", "PUT"][usize::from(kind & 3)];
    let url = "https://a.example/x/y?z#f".parse().expect("a URL");
    let request = Request::new(method, url).expect("a request");
    let request = request.field("Authorization", "me").expect("a field");

    let whole = outcome(&request, &[rest]);
    let bytes: Vec<_> = rest.chunks(1).collect();
    assert_eq!(whole, outcome(&request, &bytes));
    let step = usize::from(kind >> 2) + 2;
    let pieces: Vec<_> = rest.chunks(step).collect();
    assert_eq!(whole, outcome(&request, &pieces));

    for event in &whole.0 {
        if let Event::Head(head) = event {
            follow(&request, head);
        }
    }
});
