//! A lock of std's that is held over an `await`.

use std::rc::Rc;
use std::sync::Mutex;

use ch02_concepts::executor::{ThreadPark, block_on};
use ch02_concepts::oneshot::{self, Closed};

// ANCHOR: main
#[expect(clippy::await_holding_lock, reason = "shows what comes of it")]
async fn log_answer(
    log: Rc<Mutex<Vec<String>>>,
    answer: oneshot::Receiver<String>,
) -> Result<(), Closed> {
    let mut log = log.lock().expect("no task panics");
    log.push(answer.await?);
    Ok(())
}

async fn log_line(log: Rc<Mutex<Vec<String>>>) {
    match log.try_lock() {
        Ok(mut log) => log.push("a line".into()),
        Err(_) => println!("lock() would never return"),
    }
}

fn main() -> Result<(), Closed> {
    block_on(ThreadPark, async |spawner| {
        let log = Rc::new(Mutex::new(Vec::new()));
        let (sender, answer) = oneshot::channel();
        let first = spawner.spawn(log_answer(Rc::clone(&log), answer));
        spawner.spawn(log_line(Rc::clone(&log))).await?;
        sender.send("rain".into());
        first.await??;
        spawner.spawn(log_line(Rc::clone(&log))).await?;
        println!("{:?}", log.lock().expect("no task panics"));
        Ok(())
    })
}
// ANCHOR_END: main
