//! A task against a thread: to start one and wait for its end, and to hand
//! over to another and back.
#![allow(clippy::unwrap_used, reason = "bench")]

use std::sync::mpsc;
use std::thread;

use book_bench::Bench;
use ch02_concepts::executor::{ThreadPark, block_on};
use ch02_concepts::oneshot;
use tokio::runtime::{Builder, Runtime};

/// Tasks or threads in one run.
const COUNT: u64 = 100;

fn main() {
    let mut bench = Bench::from_args("threads", "tasks of our executor");
    bench.case("100 started and joined", threads, our_tasks);
    bench.case("100 times there and back", thread_rounds, our_rounds);

    let runtime = Builder::new_current_thread().build().unwrap();
    let mut bench = Bench::from_args("threads", "tasks of tokio");
    bench.case("100 started and joined", threads, || tokio_tasks(&runtime));
    let rounds = || tokio_rounds(&runtime);
    bench.case("100 times there and back", thread_rounds, rounds);
}

fn threads() -> u64 {
    let threads: Vec<_> =
        (0..COUNT).map(|n| thread::spawn(move || n)).collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum()
}

fn our_tasks() -> u64 {
    block_on(ThreadPark, async |spawner| {
        let tasks: Vec<_> = (0..COUNT)
            .map(|n| spawner.spawn(async move { n }))
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        sum
    })
}

fn tokio_tasks(runtime: &Runtime) -> u64 {
    runtime.block_on(async {
        let tasks: Vec<_> =
            (0..COUNT).map(|n| tokio::spawn(async move { n })).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        sum
    })
}

/// A question and who waits for its answer.
type Question<A> = (u64, A);

fn thread_rounds() -> u64 {
    let (ask, questions) = mpsc::channel::<Question<mpsc::Sender<u64>>>();
    let server = thread::spawn(move || {
        for (n, answer) in questions {
            answer.send(n + 1).unwrap();
        }
    });
    let mut n = 0;
    for _ in 0..COUNT {
        let (sender, answer) = mpsc::channel();
        ask.send((n, sender)).unwrap();
        n = answer.recv().unwrap();
    }
    drop(ask);
    server.join().unwrap();
    n
}

/// The same with tasks, each question by a channel of its own that brings the
/// way to ask the next.
async fn serve(mut next: oneshot::Receiver<Question<Answer>>) {
    while let Ok((n, answer)) = next.await {
        let (ask, questions) = oneshot::channel();
        answer.send((n + 1, ask));
        next = questions;
    }
}

struct Answer(oneshot::Sender<(u64, oneshot::Sender<Question<Answer>>)>);

impl Answer {
    fn send(self, answer: (u64, oneshot::Sender<Question<Answer>>)) {
        self.0.send(answer);
    }
}

async fn ask(mut server: oneshot::Sender<Question<Answer>>) -> u64 {
    let mut n = 0;
    for _ in 0..COUNT {
        let (sender, answer) = oneshot::channel();
        server.send((n, Answer(sender)));
        (n, server) = answer.await.unwrap();
    }
    n
}

fn our_rounds() -> u64 {
    let (server, questions) = oneshot::channel();
    block_on(ThreadPark, async |spawner| {
        drop(spawner.spawn(serve(questions)));
        ask(server).await
    })
}

fn tokio_rounds(runtime: &Runtime) -> u64 {
    let (server, questions) = oneshot::channel();
    runtime.block_on(async {
        drop(tokio::spawn(serve(questions)));
        ask(server).await
    })
}
