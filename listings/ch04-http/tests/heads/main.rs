//! Heads from the outside: however they are cut, and as others read them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod fields;
mod generate;
mod peer;
mod splits;

use ch04_http::fault::Fault;
use ch04_http::head::{Fields, Head, Request, Response, Version};
use ch04_http::limits::Limits;

/// What reads a kind of head.
type Reader = fn(&mut Head, &[u8], &Limits) -> Result<Option<usize>, Fault>;

/// Everything that was read of a head, as it can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    len: usize,
    /// Method and target, or code and reason phrase.
    words: [Vec<u8>; 2],
    version: Option<Version>,
    fields: Vec<(String, Vec<u8>)>,
}

fn of_request(bytes: &[u8], len: usize, head: &Head) -> Message {
    let request = Request::new(bytes, head);
    Message {
        len,
        words: [request.method().into(), request.target().into()],
        version: Some(request.version()),
        fields: of_fields(request.fields()),
    }
}

fn of_response(bytes: &[u8], len: usize, head: &Head) -> Message {
    let response = Response::new(bytes, head);
    let code = response.status().to_string();
    Message {
        len,
        words: [code.into(), response.reason().into()],
        version: Some(response.version()),
        fields: of_fields(response.fields()),
    }
}

fn of_fields(fields: Fields<'_>) -> Vec<(String, Vec<u8>)> {
    let field = fields.iter().map(|f| (f.name.into(), f.value.into()));
    field.collect()
}
