//! The site that `httpd` serves: files, and a few paths that show what a
//! handler can do.

use std::io;
use std::path::Path;

use bytes::Bytes;

use crate::files::Files;
use crate::head::{Fields, Request};
use crate::server::response::{Answer, Response, Source, Upload};
use crate::server::router::Router;
use crate::status;

/// `GET /plaintext`, `POST /count`, `GET /lines?N`, and the files below
/// `root`, if there is one.
///
/// # Errors
/// When `root` cannot be opened.
// ANCHOR: router
pub fn router(root: Option<&Path>) -> io::Result<Router> {
    let router = Router::new()
        .on("GET", "/plaintext", |_, _| plaintext())
        .on("POST", "/count", |_, _| Answer::Receive(Box::new(Count(0))))
        .on("GET", "/lines", |request, _| lines(request));
    Ok(match root {
        None => router,
        Some(root) => {
            let files = Files::below(root)?;
            router.on("GET", "/*", move |request, peer| {
                files.answer(request, peer)
            })
        }
    })
}
// ANCHOR_END: router

fn plaintext() -> Answer {
    Response::new(status::OK)
        .with("Content-Type", "text/plain")
        .content("Hello, world!")
        .into()
}

// ANCHOR: count
/// Says how long the content was, and keeps none of it.
struct Count(u64);

impl Upload for Count {
    fn data(&mut self, bytes: &[u8]) -> Result<(), Response> {
        self.0 += bytes.len() as u64;
        Ok(())
    }

    fn end(self: Box<Self>, _trailer: Fields<'_>) -> Response {
        Response::text(status::OK, format!("{}\n", self.0))
    }
}
// ANCHOR_END: count

// ANCHOR: lines
/// Numbered lines, made when there is room for them.
struct Lines {
    next: u32,
    last: u32,
}

impl Source for Lines {
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.next > self.last {
            return Ok(None);
        }
        let line = format!("line {}\n", self.next);
        self.next += 1;
        Ok(Some(line.into()))
    }
}
// ANCHOR_END: lines

fn lines(request: &Request<'_>) -> Answer {
    let last = request.query().unwrap_or("10").parse();
    match last {
        Ok(last) if last < u32::MAX => Response::new(status::OK)
            .with("Content-Type", "text/plain; charset=utf-8")
            .stream(Lines { next: 1, last })
            .into(),
        _ => Response::status(status::BAD_REQUEST).into(),
    }
}
