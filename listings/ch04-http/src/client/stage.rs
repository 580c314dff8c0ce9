//! Servers for the programs and tests of the client: a good one, which is
//! hyper's, and ones that say what they are told to, right or wrong.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use url::Url;

/// A server on 127.0.0.1, on threads of its own. It runs as long as the
/// program.
#[derive(Debug, Clone)]
pub struct Stage {
    addr: SocketAddr,
    connections: Arc<AtomicUsize>,
}

/// Content of a response, whatever it is made of.
pub type Body = BoxBody<Bytes, Infallible>;

impl Stage {
    /// Serves with hyper: keep-alive, chunks, `Expect`, all as it should be.
    ///
    /// # Errors
    /// When the system has no port or no thread left.
    pub fn hyper<F, R>(answer: F) -> io::Result<Self>
    where
        F: Fn(http::Request<Incoming>) -> R + Send + Sync + 'static,
        R: Future<Output = http::Response<Body>> + Send + 'static,
    {
        let answer = Arc::new(answer);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (listener, stage) = Stage::open()?;
        let connections = Arc::clone(&stage.connections);
        thread::Builder::new().spawn(move || {
            runtime.block_on(async move {
                listener.set_nonblocking(true)?;
                let listener = tokio::net::TcpListener::from_std(listener)?;
                loop {
                    let (stream, _) = listener.accept().await?;
                    connections.fetch_add(1, Ordering::Relaxed);
                    let answer = Arc::clone(&answer);
                    tokio::spawn(serve(stream, move |r| answer(r)));
                }
                #[expect(unreachable_code, reason = "says what `?` returns")]
                io::Result::Ok(())
            })
        })?;
        Ok(stage)
    }

    /// Runs `script` for each connection, on a thread; it gets the number of
    /// the connection, from 0 on. Its errors are those of a peer that left.
    ///
    /// # Errors
    /// As [`Stage::hyper`].
    pub fn script<F>(script: F) -> io::Result<Self>
    where
        F: Fn(usize, TcpStream) -> io::Result<()> + Send + Sync + 'static,
    {
        let (listener, stage) = Stage::open()?;
        let connections = Arc::clone(&stage.connections);
        let script = Arc::new(script);
        thread::Builder::new().spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = connections.fetch_add(1, Ordering::Relaxed);
                let script = Arc::clone(&script);
                thread::spawn(move || {
                    // Nobody waits longer for a client that does nothing.
                    let patience = Some(Duration::from_secs(5));
                    stream.set_read_timeout(patience)?;
                    stream.set_write_timeout(patience)?;
                    stream.set_nodelay(true)?;
                    script(number, stream)
                });
            }
        })?;
        Ok(stage)
    }

    fn open() -> io::Result<(TcpListener, Self)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let stage = Stage {
            addr: listener.local_addr()?,
            connections: Arc::default(),
        };
        Ok((listener, stage))
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Where it is.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL of a path there, which begins with `/`.
    pub fn url(&self, path: &str) -> Url {
        let url = format!("http://{}{path}", self.addr);
        Url::parse(&url).expect("an address and a path")
    }
}

/// One connection. An error is the client's: it left.
async fn serve<F, R>(stream: tokio::net::TcpStream, answer: F)
where
    F: Fn(http::Request<Incoming>) -> R,
    R: Future<Output = http::Response<Body>>,
{
    let service = service_fn(|request| {
        let response = answer(request);
        async { Ok::<_, Infallible>(response.await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let _ = connection.with_upgrades().await;
}

/// Reads a head, to the empty line, and gives it without that; empty if the
/// client closed instead.
///
/// # Errors
/// The stream's.
pub fn read_head(stream: &mut impl Read) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        head.extend(byte);
    }
    head.truncate(head.len().saturating_sub(4));
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Writes a response of this status code that keeps the connection.
///
/// # Errors
/// The stream's.
pub fn respond(
    stream: &mut impl Write,
    status: u16,
    content: &str,
) -> io::Result<()> {
    let reason = crate::status::reason(status);
    let head = format!("HTTP/1.1 {status} {reason}\r\n");
    let length = format!("Content-Length: {}\r\n\r\n", content.len());
    stream.write_all([&head, &length, content].concat().as_bytes())
}
