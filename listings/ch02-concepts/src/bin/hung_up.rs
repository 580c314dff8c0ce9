//! What becomes of a handler when its client hangs up.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use ch02_concepts::web::on_a_free_port;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// Where handlers report to, and when they may go on.
#[derive(Clone)]
struct Shared {
    report: mpsc::UnboundedSender<&'static str>,
    go_on: Arc<Notify>,
}

// ANCHOR: handlers
/// Two steps, and a pause between them, as for a database.
async fn book(shared: Shared) {
    let mut receipt = Receipt {
        report: shared.report.clone(),
        written: false,
    };
    let _ = shared.report.send("money booked");
    shared.go_on.notified().await;
    receipt.written = true;
}

async fn in_the_handler(State(shared): State<Shared>) {
    book(shared).await;
}

async fn in_a_task(State(shared): State<Shared>) {
    let task = tokio::spawn(book(shared));
    task.await.expect("booking does not panic");
}
// ANCHOR_END: handlers

struct Receipt {
    report: mpsc::UnboundedSender<&'static str>,
    written: bool,
}

impl Drop for Receipt {
    fn drop(&mut self) {
        let _ = self.report.send(match self.written {
            true => "receipt written",
            false => "dropped before the receipt was written",
        });
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    hang_up("/in_the_handler", false).await?;
    hang_up("/in_a_task", false).await?;
    hang_up("/in_the_handler", true).await
}

/// Asks for `path` and hangs up, or, if it is only `half`, ends the client's
/// direction and goes on reading.
async fn hang_up(path: &str, half: bool) -> io::Result<()> {
    let (report, mut reports) = mpsc::unbounded_channel();
    let go_on = Arc::new(Notify::new());
    let router = Router::new()
        .route("/in_the_handler", get(in_the_handler))
        .route("/in_a_task", get(in_a_task))
        .with_state(Shared {
            report,
            go_on: Arc::clone(&go_on),
        });
    let server = on_a_free_port(router).await?;
    println!("GET {path}");

    let mut client = TcpStream::connect(server).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    client.write_all(request.as_bytes()).await?;
    let report = timeout(Duration::from_secs(1), reports.recv()).await?;
    println!("  {}", report.unwrap_or("nothing"));

    if half {
        println!("  the client says that it sends no more, and reads");
        client.shutdown().await?;
    } else {
        println!("  the client hangs up");
        drop(client);
    }
    // Long enough for hyper to notice, and then the pause is over.
    let noticed = timeout(Duration::from_millis(300), reports.recv()).await;
    let report = match noticed {
        Ok(report) => report,
        Err(_) => {
            go_on.notify_one();
            timeout(Duration::from_secs(1), reports.recv()).await?
        }
    };
    println!("  {}", report.unwrap_or("nothing"));
    Ok(())
}
