//! How often a heartbeat ticks while another task blocks its thread.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

const WHILE: Duration = Duration::from_millis(100);
static TICKS: AtomicUsize = AtomicUsize::new(0);

/// Ticks every millisecond, if it gets a turn.
async fn heartbeat() {
    loop {
        TICKS.fetch_add(1, SeqCst);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// How often it ticked since there were `before` ticks.
fn since(before: usize) -> &'static str {
    match TICKS.load(SeqCst) - before {
        0 => "never ticked",
        1..5 => "ticked now and then",
        _ => "ticked on",
    }
}

async fn awaits() -> &'static str {
    let before = TICKS.load(SeqCst);
    tokio::time::sleep(WHILE).await;
    since(before)
}

fn blocks() -> &'static str {
    let before = TICKS.load(SeqCst);
    thread::sleep(WHILE);
    since(before)
}

// ANCHOR: main
fn main() -> std::io::Result<()> {
    let one = Builder::new_current_thread().enable_time().build()?;
    one.spawn(heartbeat());
    println!("1 thread, a task awaits: {}", one.block_on(awaits()));
    println!(
        "1 thread, a task blocks: {}",
        one.block_on(async { blocks() })
    );
    let blocking = one.spawn_blocking(blocks);
    println!("1 thread, spawn_blocking: {}", one.block_on(blocking)?);

    let mut builder = Builder::new_multi_thread();
    let two = builder.worker_threads(2).enable_time().build()?;
    two.spawn(heartbeat());
    let met = Arc::new(Barrier::new(2));
    let tasks = [(); 2].map(|()| {
        let met = Arc::clone(&met);
        two.spawn(async move {
            met.wait(); // Each has a thread now …
            let ticked = blocks();
            met.wait(); // … and keeps it until both have looked.
            ticked
        })
    });
    for task in tasks {
        println!("2 threads, 2 tasks block: {}", two.block_on(task)?);
    }
    let blocking = two.spawn_blocking(blocks);
    println!("2 threads, spawn_blocking: {}", two.block_on(blocking)?);
    Ok(())
}
// ANCHOR_END: main
