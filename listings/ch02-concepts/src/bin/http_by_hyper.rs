//! An HTTP client and server: messages from the crate http, sent by hyper.

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use http::header::HOST;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

// ANCHOR: answer
/// Answers with the header fields that came.
fn answer<B>(request: &Request<B>) -> Response<Full<Bytes>> {
    let mut text = String::new();
    for (name, value) in request.headers() {
        text += &format!("  {name}: {value:?}\n");
    }
    Response::new(Full::from(text))
}
// ANCHOR_END: answer

// ANCHOR: server
/// Serves one connection, for as many requests as the client sends on it.
async fn serve(listener: TcpListener) -> Result<()> {
    let (stream, _) = listener.accept().await?;
    let service = service_fn(|request: Request<Incoming>| async move {
        Ok::<_, Infallible>(answer(&request))
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await?;
    Ok(())
}
// ANCHOR_END: server

// ANCHOR: client
async fn ask(stream: TcpStream) -> Result<()> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);

    let request = Request::get("/status").header("X-Request-ID", "7");
    let request = request.body(Full::<Bytes>::default())?;
    let mut named = request.clone();
    named.headers_mut().insert(HOST, "a.example".parse()?);

    for request in [request, named] {
        let response = sender.send_request(request).await?;
        println!("{:?} {}", response.version(), response.status());
        for (name, value) in response.headers() {
            println!("  {name}: {value:?}");
        }
        let body = response.into_body().collect().await?.to_bytes();
        print!("the server got\n{}", String::from_utf8_lossy(&body));
    }
    drop(sender); // Nobody can ask any more: the connection ends.
    connection.await??;
    Ok(())
}
// ANCHOR_END: client

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let stream = TcpStream::connect(listener.local_addr()?).await?;
    let both = async { tokio::try_join!(serve(listener), ask(stream)) };
    tokio::time::timeout(Duration::from_secs(5), both).await??;
    Ok(())
}
