//! A client that sends half a request and falls silent: what `axum::serve`
//! does about it, and what it takes to do better.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use ch02_concepts::web::on_a_free_port;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_millis(100);

fn router() -> Router {
    Router::new().route("/", get("a page"))
}

// ANCHOR: serve
/// Accepts, and gives each client [`PATIENCE`] for the head of a request.
async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(router());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}
// ANCHOR_END: serve

/// Whether the server lets go of us within five times its patience.
async fn half_a_head(server: SocketAddr) -> io::Result<&'static str> {
    let mut client = TcpStream::connect(server).await?;
    client.write_all(b"GET / HTTP/1.1\r\nHost: ").await?;
    let mut answer = Vec::new();
    let end = timeout(PATIENCE * 5, client.read_to_end(&mut answer)).await;
    Ok(match end {
        Ok(_) => "the connection was closed",
        Err(_) => "still waiting for the rest",
    })
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let server = on_a_free_port(router()).await?;
    println!("axum::serve:  {}", half_a_head(server).await?);

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = listener.local_addr()?;
    tokio::spawn(serve(listener));
    println!("with a limit: {}", half_a_head(server).await?);
    Ok(())
}
