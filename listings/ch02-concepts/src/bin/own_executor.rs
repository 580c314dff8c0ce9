//! Three tasks on one thread, answered by another in an order of its own.

use std::sync::mpsc;
use std::thread;

use ch02_concepts::executor::{ThreadPark, block_on};
use ch02_concepts::oneshot::{self, Closed};

// ANCHOR: main
type Question = (&'static str, oneshot::Sender<String>);

async fn ask(
    server: mpsc::Sender<Question>,
    name: &'static str,
) -> Result<usize, Closed> {
    let (sender, answer) = oneshot::channel();
    println!("{name} asks");
    // A server that is gone drops the sender: the answer is `Closed`.
    let _ = server.send((name, sender));
    let answer = answer.await?;
    println!("{name} has {answer:?}");
    Ok(answer.len())
}

fn main() -> Result<(), Closed> {
    let (server, questions) = mpsc::channel::<Question>();
    thread::spawn(move || {
        let three: Vec<Question> = questions.iter().take(3).collect();
        for (name, sender) in three.into_iter().rev() {
            sender.send(format!("yes, {name}"));
        }
    });
    let total = block_on(ThreadPark, async |spawner| {
        let tasks = ["ada", "grace", "barbara"]
            .map(|name| spawner.spawn(ask(server.clone(), name)));
        let mut total = 0;
        for task in tasks {
            total += task.await??;
        }
        Ok(total)
    })?;
    println!("{total} bytes");
    Ok(())
}
// ANCHOR_END: main
