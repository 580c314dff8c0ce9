//! A server's side of a connection (4.3): the pieces in which a client's bytes
//! arrive must not change what it hears, and what it sends must not grow what
//! we hold.
#![no_main]

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ch04_http::head::{Fields, Request};
use ch04_http::server::out::Next as Out;
use ch04_http::server::response::{Answer, Protocol, Response, Source, Upload};
use ch04_http::server::session::{Next, Session, Shared};
use ch04_http::server::{Config, Service};
use libfuzzer_sys::fuzz_target;

struct Count(usize);

impl Upload for Count {
    fn data(&mut self, bytes: &[u8]) -> Result<(), Response> {
        self.0 += bytes.len();
        Ok(())
    }

    fn end(self: Box<Self>, trailer: Fields<'_>) -> Response {
        Response::text(200, format!("{} {}", self.0, trailer.len()))
    }
}

struct Pieces(u8);

impl Source for Pieces {
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        self.0 = self.0.saturating_sub(1);
        match self.0 {
            0 => Ok(None),
            left => Ok(Some(vec![left; 5000].into())),
        }
    }
}

struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(bytes);
        true
    }
}

struct Site;

impl Service for Site {
    fn begin(&self, request: &Request<'_>, _: SocketAddr) -> Answer {
        match (request.method(), request.path().len() % 4) {
            ("POST", _) => Answer::Receive(Box::new(Count(0))),
            (_, 2) => Response::new(200).stream(Pieces(9)).into(),
            (_, 3) => Answer::Upgrade {
                name: "echo",
                protocol: Box::new(Echo),
            },
            _ => Response::status(404).into(),
        }
    }
}

fn talk(pieces: &mut dyn Iterator<Item = &[u8]>) -> (Vec<u8>, Next) {
    let config = Config::default();
    let most = config.limits.head();
    let shared = Arc::new(Shared {
        service: Site,
        config,
    });
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let now = Duration::ZERO;
    let mut session = Session::new(shared, peer, now);
    let mut said = Vec::new();
    for piece in pieces {
        session.received(piece, now);
        assert!(session.unread() <= most + piece.len());
        loop {
            assert!(session.out().len() <= (64 << 10) + 6000);
            let mut slices = [IoSlice::new(&[]); 4];
            let bytes: Vec<u8> = match session.out().next(&mut slices) {
                Out::Slices(n) => {
                    slices[..n].iter().flat_map(|s| s.to_vec()).collect()
                }
                Out::File(..) | Out::Nothing => break,
            };
            session.sent(bytes.len() as u64, now);
            said.extend(bytes);
        }
    }
    session.ended(now);
    (said, session.next(now))
}

fuzz_target!(|bytes: &[u8]| {
    let whole = talk(&mut [bytes].into_iter());
    let split = talk(&mut bytes.chunks(1));
    assert!(whole == split);
    let third = talk(&mut bytes.chunks(3));
    assert!(whole == third);
});
