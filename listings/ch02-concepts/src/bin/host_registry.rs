//! A registry of hosts on axum, and what it answers to ten requests. With
//! `--serve 127.0.0.1:8000` it stays up until Ctrl-C.

use std::error::Error;
use std::time::Duration;

use ch02_concepts::web::{self, Registry, exchange, on_a_free_port, router};
use tokio::net::TcpListener;

/// How long requests may go on after Ctrl-C.
const DRAIN: Duration = Duration::from_secs(5);

// ANCHOR: requests
const HOST: &str = r#"{"address": "192.0.2.7", "port": 80}"#;
const JSON: &str = "application/json";

const REQUESTS: [(&str, &str, &str); 10] = [
    ("PUT /hosts/www.example.com", JSON, HOST),
    ("GET /hosts/WWW.example.com", "", ""),
    ("HEAD /hosts/www.example.com", "", ""),
    ("POST /hosts/www.example.com", JSON, HOST),
    ("PUT /hosts/www.example.com", "text/plain", HOST),
    ("PUT /hosts/mail.example.com", JSON, r#"{"address": "#),
    ("PUT /hosts/mail.example.com", JSON, r#"{"port": 25}"#),
    ("GET /hosts/www..example.com", "", ""),
    ("GET /hosts/", "", ""),
    ("DELETE /hosts/www.example.com", "", ""),
];
// ANCHOR_END: requests

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => demonstrate().await,
        [flag, address] if flag == "--serve" => serve(address).await,
        _ => Err("usage: host_registry [--serve 127.0.0.1:8000]".into()),
    }
}

// ANCHOR: demonstrate
async fn demonstrate() -> Result<(), Box<dyn Error>> {
    let server = on_a_free_port(router(Registry::with_room_for(100))).await?;
    for (request, kind, body) in REQUESTS {
        let mut head = format!("{request} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        if !kind.is_empty() {
            let length = body.len();
            head += &format!("Content-Type: {kind}\r\n");
            head += &format!("Content-Length: {length}\r\n");
        }
        head += "Connection: close\r\n\r\n";
        let answer = exchange(server, &(head + body)).await?;
        println!("{request}");
        println!("    {}", answer.lines().next().unwrap_or("nothing"));
    }
    Ok(())
}
// ANCHOR_END: demonstrate

async fn serve(address: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let stop = async {
        // From here on Ctrl-C does not end us. Without a handler it does.
        let _ = tokio::signal::ctrl_c().await;
    };
    let router = router(Registry::with_room_for(100));
    match web::serve(listener, router, stop, DRAIN).await {
        true => println!("stopped"),
        false => println!("stopped, and cut off who was still there"),
    }
    Ok(())
}
