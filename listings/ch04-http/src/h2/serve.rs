//! HTTP/1.1 and HTTP/2 on one port, by hyper.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::h2::reset::Budget;

/// How much of what a server lets its peers do.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Connections at once.
    pub connections: usize,
    /// From accepting a connection to its first request, and for each head
    /// of HTTP/1.1.
    pub patience: Duration,
    /// Requests that a client may cancel: so many at once, and one more every
    /// so often. See [`Budget`].
    pub resets: (u32, Duration),
    /// From the wish to stop to the end of the last connection.
    pub drain: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            connections: 1000,
            patience: Duration::from_secs(10),
            resets: (100, Duration::from_millis(100)),
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
pub async fn run<H, F>(
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
    config: Config,
    handler: H,
) -> io::Result<usize>
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(config.connections));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    let mut tasks = JoinSet::new();
    loop {
        let accept = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = tasks.join_next() => {}
            (accepted, place) = accept => {
                let Ok((stream, _)) = accepted else {
                    // Most likely no descriptors are left, and will be.
                    sleep(Duration::from_millis(10)).await;
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let served = serve(
                    stream, config, handler.clone(), graceful.watcher());
                tasks.spawn(async move {
                    served.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let _ = timeout(config.drain, graceful.shutdown()).await;
    while tasks.try_join_next().is_some() {}
    Ok(tasks.len())
}
// ANCHOR_END: run

/// One connection to the same server, without a socket: for experiments.
pub fn in_memory<H, F>(config: Config, handler: H) -> DuplexStream
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let (client, server) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move {
        let graceful = GracefulShutdown::new();
        serve(server, config, handler, graceful.watcher()).await;
    });
    client
}

/// How a client has behaved.
struct Conduct {
    since: Instant,
    asked: AtomicBool,
    resets: Mutex<Budget>,
    enough: Notify,
}

// ANCHOR: unanswered
/// A request that is being answered. hyper drops it when its stream is reset
/// or its connection ends.
struct Unanswered(Option<Arc<Conduct>>);

impl Unanswered {
    fn answered(mut self) {
        self.0 = None;
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        let Some(conduct) = self.0.take() else { return };
        let mut resets = conduct.resets.lock().expect("take does not panic");
        if !resets.take(conduct.since.elapsed()) {
            conduct.enough.notify_one();
        }
    }
}
// ANCHOR_END: unanswered

/// Serves a connection, and closes it if no request has come in time (the
/// builder looks for the preface without a clock) or too many were dropped.
async fn serve<H, F>(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    config: Config,
    handler: H,
    watcher: Watcher,
) where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let (most, every) = config.resets;
    let conduct = Arc::new(Conduct {
        since: Instant::now(),
        asked: AtomicBool::new(false),
        resets: Mutex::new(Budget::new(most, every)),
        enough: Notify::new(),
    });
    // ANCHOR: serve
    let service = service_fn(|request| {
        conduct.asked.store(true, Ordering::Relaxed);
        let unanswered = Unanswered(Some(Arc::clone(&conduct)));
        let response = handler(request);
        async move {
            let response = response.await;
            unanswered.answered();
            Ok::<_, Infallible>(response)
        }
    });
    let builder = builder(&config);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(watcher.watch(connection.into_owned()));
    let idle = async {
        sleep(config.patience).await;
        if conduct.asked.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    // What goes wrong with a connection is over with it.
    tokio::select! {
        _ = &mut connection => {}
        () = idle => {}
        () = conduct.enough.notified() => {}
    }
    // ANCHOR_END: serve
}
