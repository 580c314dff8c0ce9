//! A request is given up, and its answer comes late.

use std::error::Error;
use std::time::Duration;

use ch04_http::client::asynchronous::Client;
use ch04_http::client::stage::Stage;
use ch04_http::client::{Config, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio::time::{sleep, timeout};

const MS: Duration = Duration::from_millis(1);

// ANCHOR: main
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // It answers with the path it was asked for, and `/slow` late.
    let server = Stage::hyper(|request: http::Request<Incoming>| async move {
        let path = request.uri().path().to_owned();
        if path == "/slow" {
            sleep(200 * MS).await;
        }
        http::Response::new(Full::from(path).boxed())
    })?;
    let client = Client::new(Config::default());
    let get = async |path: &str| {
        let request = Request::new("GET", server.url(path))?;
        let content = client.send(request).await?.content().await?;
        Ok::<_, Box<dyn Error>>(String::from_utf8(content)?)
    };

    for path in ["/first", "/slow", "/next"] {
        match timeout(100 * MS, get(path)).await {
            Ok(answer) => println!("{path}: {}", answer?),
            Err(_) => {
                println!("{path}: given up");
                sleep(200 * MS).await; // by now it has been answered
            }
        }
        let (open, idle) = client.connections();
        println!("  {open} open, {idle} of them idle");
    }
    println!("{} connections in all", server.connections());
    Ok(())
}
// ANCHOR_END: main
