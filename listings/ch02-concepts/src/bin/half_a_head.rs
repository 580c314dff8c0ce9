//! A client that sends half a request and falls silent: what `axum::serve`
//! does about it, and what it takes to do better.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use ch02_concepts::web::exchange;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_millis(700);

fn router() -> Router {
    Router::new().route("/", get("a page"))
}

// ANCHOR: serve
/// Lets in `most` clients at once, and gives each [`PATIENCE`] for a head.
async fn serve(listener: TcpListener, router: Router, most: usize) {
    let places = Arc::new(Semaphore::new(most));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely there are no descriptors, and will be some later.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // What goes wrong with a connection is over with it.
            let _ = connection.await;
            drop(place);
        });
    }
}
// ANCHOR_END: serve

async fn half_a_head(server: SocketAddr) -> io::Result<TcpStream> {
    let mut client = TcpStream::connect(server).await?;
    client.write_all(b"GET / HTTP/1.1\r\nHost: ").await?;
    Ok(client)
}

/// Whether the server lets go of the client within [`LONG`].
async fn outcome(client: &mut TcpStream) -> &'static str {
    let mut answer = Vec::new();
    match timeout(LONG, client.read_to_end(&mut answer)).await {
        Ok(_) => "the connection was closed",
        Err(_) => "still waiting for the rest",
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (running, stop) = oneshot::channel::<()>();
    let server =
        axum::serve(listener, router()).with_graceful_shutdown(async {
            let _ = stop.await;
        });
    let server = tokio::spawn(server.into_future());
    println!("axum::serve");
    let mut client = half_a_head(address).await?;
    println!("  half a head:     {}", outcome(&mut client).await);
    drop(running);
    let stopped = timeout(LONG, server).await.is_ok();
    println!(
        "  asked to stop:   {}",
        match stopped {
            true => "stopped",
            false => "still waiting for this client",
        }
    );

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(listener, router(), 1));
    println!("ours, with one place");
    let mut client = half_a_head(address).await?;
    let next = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let next = tokio::spawn(exchange(address, next));
    println!("  half a head:     {}", outcome(&mut client).await);
    let answer = next.await??;
    println!("  the next client: {}", answer.lines().next().unwrap_or(""));
    Ok(())
}
