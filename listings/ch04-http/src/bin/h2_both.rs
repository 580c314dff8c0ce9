//! HTTP/1.1 and HTTP/2 on one port, told apart by the first 24 bytes. It
//! ends by itself; with `--serve ADDR`, on Ctrl-C or SIGTERM.

use std::error::Error;
use std::net::SocketAddr;

use bytes::Bytes;
use ch04_http::h2::serve::{Config, run};
use http::{Request, Response};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

async fn which(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (version, path) = (request.version(), request.uri().path());
    Response::new(Full::from(format!("{path} by {version:?}\n")))
}

// ANCHOR: clients
async fn by_http1(server: SocketAddr) -> Result<String, Box<dyn Error>> {
    let stream = TokioIo::new(TcpStream::connect(server).await?);
    let (mut sender, connection) = http1::handshake(stream).await?;
    tokio::spawn(connection);
    let request = Request::get("/")
        .header("host", "x")
        .body(Empty::<Bytes>::new())?;
    let body = sender.send_request(request).await?.collect().await?;
    Ok(String::from_utf8(body.to_bytes().into())?)
}

async fn by_http2(server: SocketAddr) -> Result<String, Box<dyn Error>> {
    let stream = TokioIo::new(TcpStream::connect(server).await?);
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), stream).await?;
    tokio::spawn(connection);
    let request = Request::get("http://x/").body(Empty::<Bytes>::new())?;
    let body = sender.send_request(request).await?.collect().await?;
    Ok(String::from_utf8(body.to_bytes().into())?)
}
// ANCHOR_END: clients

/// Both versions, then the wish to stop.
async fn demo() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let server =
        tokio::spawn(run(listener, shutdown, Config::default(), which));
    print!("{}", by_http1(address).await?);
    print!("{}", by_http2(address).await?);
    drop(stop);
    println!("stopped, {} connections cut", server.await??);
    Ok(())
}

// ANCHOR: serve
async fn serve(address: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = async {
        tokio::select! {
            _ = ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    };
    println!("listening on {}", listener.local_addr()?);
    let cut = run(listener, shutdown, Config::default(), which).await?;
    println!("stopped, {cut} connections cut");
    Ok(())
}
// ANCHOR_END: serve

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => demo().await,
        ["--serve", address] => serve(address).await,
        _ => Err("usage: h2_both [--serve 127.0.0.1:8080]".into()),
    }
}
