//! Six requests, the first of them slow: how many of the others are answered
//! before it is?

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ch04_http::h2::serve::{Config, run};
use http::{Request, Response};
use http_body_util::{Empty, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Long enough for all answers that come at once; nothing waits longer.
const A_WHILE: Duration = Duration::from_millis(300);
const PATHS: [&str; 6] = ["/slow", "/1", "/2", "/3", "/4", "/5"];

/// Answers at once; `/slow` when the gate opens.
async fn answer(
    request: Request<Incoming>,
    gate: Arc<Notify>,
) -> Response<Full<Bytes>> {
    if request.uri().path() == "/slow" {
        gate.notified().await;
    }
    Response::new(Full::from("done"))
}

// ANCHOR: pipelined
/// HTTP/1.1: all requests on one connection, without waiting for answers.
async fn pipelined(server: SocketAddr) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect(server).await?;
    for path in PATHS {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
    }
    let mut received = Vec::new();
    let all = async {
        while stream.read_buf(&mut received).await? > 0 {}
        Ok(())
    };
    let _: Result<std::io::Result<()>, _> = timeout(A_WHILE, all).await;
    Ok(String::from_utf8_lossy(&received)
        .matches("HTTP/1.1 200")
        .count())
}
// ANCHOR_END: pipelined

// ANCHOR: six
/// HTTP/1.1: a connection a request, as browsers do, up to six.
async fn six(server: SocketAddr) -> std::io::Result<usize> {
    let mut requests = JoinSet::new();
    for path in PATHS {
        requests.spawn(async move {
            let mut stream = TcpStream::connect(server).await.ok()?;
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            stream.write_all(request.as_bytes()).await.ok()?;
            stream.read(&mut [0; 1024]).await.ok()
        });
    }
    Ok(answered(requests).await)
}
// ANCHOR_END: six

// ANCHOR: streams
/// HTTP/2: a stream a request, all on one connection.
async fn streams(server: SocketAddr) -> Result<usize, Box<dyn Error>> {
    let stream = TokioIo::new(TcpStream::connect(server).await?);
    let executor = TokioExecutor::new();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(executor, stream).await?;
    tokio::spawn(connection);
    let mut requests = JoinSet::new();
    for path in PATHS {
        let mut sender = sender.clone();
        let request = Request::get(format!("http://x{path}"))
            .body(Empty::<Bytes>::new())?;
        requests.spawn(async move { sender.send_request(request).await.ok() });
    }
    Ok(answered(requests).await)
}
// ANCHOR_END: streams

/// How many end within [`A_WHILE`].
async fn answered<T: 'static>(mut requests: JoinSet<Option<T>>) -> usize {
    let mut count = 0;
    let all = async {
        while let Some(answer) = requests.join_next().await {
            count += usize::from(matches!(answer, Ok(Some(_))));
        }
    };
    let _ = timeout(A_WHILE, all).await;
    count
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let gate = Arc::new(Notify::new());
    let handler = move |request| answer(request, Arc::clone(&gate));
    let never = std::future::pending();
    tokio::spawn(run(listener, never, Config::default(), handler));

    println!("answered while the slow one is not:");
    let count = pipelined(address).await?;
    println!("HTTP/1.1, one connection, pipelined  {count} of 5");
    let count = six(address).await?;
    println!("HTTP/1.1, six connections            {count} of 5");
    let count = streams(address).await?;
    println!("HTTP/2, one connection               {count} of 5");
    Ok(())
}
