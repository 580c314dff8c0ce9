//! HTTP/1.1 and HTTP/2 on one port, by hyper.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::DuplexStream;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// How much of what a server lets its peers do.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Connections at once.
    pub connections: usize,
    /// From accepting a connection to its first request, and for each head
    /// of HTTP/1.1.
    pub patience: Duration,
    /// From the wish to stop to the end of the last connection.
    pub drain: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            connections: 1000,
            patience: Duration::from_secs(10),
            drain: Duration::from_secs(5),
        }
    }
}

/// hyper's servers of both versions, with every limit said aloud.
// ANCHOR: builder
pub fn builder(config: &Config) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(config.patience);
    builder
        .http2()
        .timer(TokioTimer::new())
        // Requests at once on a connection, and what each may have in
        // flight towards us.
        .max_concurrent_streams(100)
        .initial_stream_window_size(1 << 16)
        .initial_connection_window_size(1 << 20)
        // Decoded fields of a request.
        .max_header_list_size(16 << 10)
        // Resets of streams that the service has not seen, and resets that
        // the peer's mistakes cost us.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        // What the peer does not read waits here, for each stream.
        .max_send_buf_size(64 << 10)
        // A peer that is gone is noticed within half a minute.
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}
// ANCHOR_END: builder

/// Serves until `shutdown` is ready, then lets requests end. Returns how many
/// connections did not within [`Config::drain`]; they are cut.
///
/// # Errors
/// Those of a listener that will accept no more.
// ANCHOR: run
pub async fn run<H, F, B>(
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
    config: Config,
    handler: H,
) -> io::Result<usize>
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let places = Arc::new(Semaphore::new(config.connections));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    let mut tasks = tokio::task::JoinSet::new();
    loop {
        let accept = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, place) = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = tasks.join_next() => continue,
            (accepted, place) = accept => match accepted {
                Ok((stream, _)) => (stream, place),
                // Most likely there are no descriptors, and will be later.
                Err(_) => { sleep(Duration::from_millis(10)).await; continue }
            },
        };
        let connection =
            serve(stream, config, handler.clone(), graceful.watcher());
        tasks.spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = timeout(config.drain, graceful.shutdown()).await;
    while tasks.try_join_next().is_some() {}
    Ok(tasks.len())
}
// ANCHOR_END: run

/// One connection to the same server, without a socket: for experiments, in
/// one thread.
pub fn in_memory<H, F, B>(handler: H) -> DuplexStream
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (client, server) = tokio::io::duplex(1 << 16);
    let service = service_fn(move |request| {
        let response = handler(request);
        async { Ok::<_, Infallible>(response.await) }
    });
    let builder = builder(&Config::default());
    let server = TokioIo::new(server);
    let connection = builder.serve_connection(server, service).into_owned();
    tokio::spawn(connection);
    client
}

/// Serves a connection, and closes it if no request has come in time: the
/// builder looks for the preface without a clock.
// ANCHOR: serve
async fn serve<H, F, B>(
    stream: TcpStream,
    config: Config,
    handler: H,
    watcher: hyper_util::server::graceful::Watcher,
) where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let asked = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let asked = Arc::clone(&asked);
        move |request| {
            asked.store(true, Ordering::Relaxed);
            let response = handler(request);
            async { Ok::<_, Infallible>(response.await) }
        }
    });
    let _ = stream.set_nodelay(true);
    let builder = builder(&config);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(watcher.watch(connection.into_owned()));
    // What goes wrong with a connection is over with it.
    if timeout(config.patience, &mut connection).await.is_err()
        && asked.load(Ordering::Relaxed)
    {
        let _ = connection.await;
    }
}
// ANCHOR_END: serve
