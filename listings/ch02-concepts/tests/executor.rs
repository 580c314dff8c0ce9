//! The executor and the one-shot channel: no wake-up is lost, no task is kept,
//! and nobody waits for ever. A hang is a failed test, by a deadline.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use ch02_concepts::executor::{
    JoinHandle, Park, Spawner, ThreadPark, Unparker, block_on,
};
use ch02_concepts::oneshot::{self, Closed};

/// Runs a test on a thread of its own, so that a hang ends.
fn within_deadline<T: Send + 'static>(
    test: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (done, result) = mpsc::channel();
    let test = thread::spawn(move || {
        let _ = done.send(test());
    });
    match result.recv_timeout(Duration::from_secs(20)) {
        Ok(value) => value,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("a wake-up was lost"),
        Err(mpsc::RecvTimeoutError::Disconnected) => std::panic::resume_unwind(
            test.join().expect_err("it sent no value"),
        ),
    }
}

fn run<T: Send + 'static>(
    main: impl AsyncFnOnce(Spawner) -> T + Send + 'static,
) -> T {
    within_deadline(|| block_on(ThreadPark, main))
}

/// Pending once, after `during` has had the waker.
async fn suspended(during: impl FnOnce(Waker)) {
    let mut during = Some(during);
    poll_fn(|context| match during.take() {
        Some(during) => {
            during(context.waker().clone());
            Poll::Pending
        }
        None => Poll::Ready(()),
    })
    .await;
}

/// A task that nobody waits for.
fn detach(spawner: &Spawner, future: impl Future<Output = ()> + 'static) {
    drop(spawner.spawn(future));
}

async fn yield_now() {
    suspended(Waker::wake).await;
}

/// Counts the wakes.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Says that it was dropped.
struct Dropped(Rc<Cell<bool>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

/// What happens right before the thread parks, one for each time.
struct Gap(VecDeque<Box<dyn FnOnce()>>);

impl Park for Gap {
    fn park(&mut self, timeout: Option<Duration>) {
        if timeout.is_none()
            && let Some(happens) = self.0.pop_front()
        {
            happens();
        }
        ThreadPark.park(timeout);
    }

    fn unparker(&self) -> Unparker {
        ThreadPark.unparker()
    }
}

#[test]
fn the_future_is_polled_once_and_its_output_returned() {
    let polls = run(async |_| {
        let mut polls = 0;
        poll_fn(|_| {
            polls += 1;
            Poll::Ready(())
        })
        .await;
        polls
    });
    assert_eq!(polls, 1);
}

#[test]
fn it_may_borrow_from_its_surroundings() {
    let text = String::from("borrowed");
    let len = block_on(ThreadPark, async |_| text.len());
    assert_eq!(len, 8);
}

#[test]
fn tasks_run_in_turns_and_in_order() {
    let steps = run(async |spawner| {
        let steps = Rc::new(RefCell::new(Vec::new()));
        let handles = ["a", "b", "c"].map(|name| {
            let steps = Rc::clone(&steps);
            spawner.spawn(async move {
                for step in 1..=3 {
                    steps.borrow_mut().push(format!("{name}{step}"));
                    yield_now().await;
                }
            })
        });
        for handle in handles {
            handle.await.unwrap();
        }
        steps.take().join(" ")
    });
    assert_eq!(steps, "a1 b1 c1 a2 b2 c2 a3 b3 c3");
}

#[test]
fn a_wake_during_the_poll_asks_for_another() {
    let polls = run(async |_| {
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            // From this thread, and more than once: still one more poll.
            context.waker().wake_by_ref();
            context.waker().wake_by_ref();
            if polls < 100 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        polls
    });
    assert_eq!(polls, 100);
}

#[test]
fn a_wake_by_another_thread_during_the_poll_asks_for_another() {
    run(async |_| {
        suspended(|waker| thread::spawn(|| waker.wake()).join().unwrap()).await;
    });
}

#[test]
fn a_wake_between_the_last_look_and_the_park_ends_the_park() {
    within_deadline(|| {
        let kept = Rc::new(RefCell::new(None::<Waker>));
        let wake = |kept: &Rc<RefCell<Option<Waker>>>| {
            let kept = Rc::clone(kept);
            Box::new(move || {
                let waker = kept.take().expect("polled before parked");
                thread::spawn(|| waker.wake()).join().unwrap();
            }) as Box<dyn FnOnce()>
        };
        let gap = Gap([wake(&kept), wake(&kept)].into());
        block_on(gap, async |spawner| {
            // The main future and a task: both go through the gap.
            suspended(|waker| drop(kept.replace(Some(waker)))).await;
            let kept = Rc::clone(&kept);
            let task = spawner.spawn(async move {
                suspended(|waker| drop(kept.replace(Some(waker)))).await;
            });
            task.await.unwrap();
        });
    });
}

#[test]
fn a_wake_while_parked_ends_the_park() {
    run(async |_| {
        suspended(|waker| {
            thread::spawn(|| {
                thread::sleep(Duration::from_millis(30));
                waker.wake();
            });
        })
        .await;
    });
}

#[test]
fn the_task_is_in_the_queue_before_the_park_ends() {
    /// The executor has looked again by the time the unparker returns.
    struct Lingers;
    impl Park for Lingers {
        fn park(&mut self, timeout: Option<Duration>) {
            ThreadPark.park(timeout);
        }
        fn unparker(&self) -> Unparker {
            let (executor, unpark) = (thread::current(), ThreadPark.unparker());
            Arc::new(move || {
                unpark();
                if thread::current().id() != executor.id() {
                    thread::sleep(Duration::from_millis(50));
                }
            })
        }
    }
    within_deadline(|| {
        block_on(Lingers, async |_| {
            suspended(|waker| drop(thread::spawn(|| waker.wake()))).await;
        });
    });
}

#[test]
fn a_task_that_takes_the_threads_token_takes_no_wake_up() {
    run(async |spawner| {
        let task = spawner.spawn(async {
            suspended(|waker| {
                waker.wake();
                // As a blocking call in a task may do.
                thread::park_timeout(Duration::from_secs(10));
            })
            .await;
        });
        task.await.unwrap();
    });
}

#[test]
fn an_early_end_of_the_park_polls_nothing() {
    let polls = run(async |_| {
        let (sender, receiver) = oneshot::channel();
        let executor = thread::current();
        thread::spawn(move || {
            for _ in 0..50 {
                executor.unpark();
                thread::sleep(Duration::from_millis(1));
            }
            sender.send(());
        });
        let mut receiver = pin!(receiver);
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            receiver.as_mut().poll(context)
        })
        .await
        .unwrap();
        polls
    });
    assert_eq!(polls, 2);
}

#[test]
fn a_thousand_wakes_by_many_threads_are_at_most_a_thousand_polls() {
    let (polls, wakes) = run(async |_| {
        let wakes = Arc::new(AtomicUsize::new(0));
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            if polls == 1 {
                for _ in 0..10 {
                    let waker = context.waker().clone();
                    let wakes = Arc::clone(&wakes);
                    thread::spawn(move || {
                        for _ in 0..100 {
                            wakes.fetch_add(1, Ordering::Relaxed);
                            waker.wake_by_ref();
                        }
                    });
                }
            }
            // Relaxed is enough: the wake makes it visible.
            if wakes.load(Ordering::Relaxed) == 1000 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        (polls, wakes.load(Ordering::Relaxed))
    });
    assert_eq!(wakes, 1000);
    assert!(polls <= 1001, "{polls} polls");
}

#[test]
fn wakes_before_the_turn_are_one_turn() {
    let polls = run(async |spawner| {
        let (give, waker) = oneshot::channel();
        let mut give = Some(give);
        let polls = Rc::new(Cell::new(0));
        let count = Rc::clone(&polls);
        detach(
            &spawner,
            poll_fn(move |context| {
                count.set(count.get() + 1);
                if let Some(give) = give.take() {
                    give.send(context.waker().clone());
                }
                Poll::Pending
            }),
        );
        let waker = waker.await.unwrap();
        for _ in 0..1000 {
            waker.wake_by_ref();
        }
        for _ in 0..2000 {
            yield_now().await;
        }
        polls.get()
    });
    assert_eq!(polls, 2);
}

#[test]
fn a_wake_after_the_end_has_no_effect() {
    // A task polled after its end panics, and the executor catches it.
    static POLLED: AtomicUsize = AtomicUsize::new(0);
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload_as_str().is_some_and(|s| s.contains("resumed")) {
            POLLED.fetch_add(1, Ordering::SeqCst);
        }
        report(info);
    }));
    let (late, polls) = within_deadline(|| {
        let late = Rc::new(RefCell::new(Vec::new()));
        let polls = Rc::new(Cell::new(0));
        block_on(ThreadPark, async |spawner| {
            let kept = Rc::clone(&late);
            let count = Rc::clone(&polls);
            let task = spawner.spawn(poll_fn(move |context| {
                kept.borrow_mut().push(context.waker().clone());
                count.set(count.get() + 1);
                Poll::Ready(())
            }));
            task.await.unwrap();
            // After the task's end.
            late.borrow()[0].wake_by_ref();
            yield_now().await;
            yield_now().await;
        });
        (late.take(), polls.get())
    });
    // After the executor's end, from another thread.
    late.into_iter().for_each(Waker::wake);
    assert_eq!(polls, 1);
    assert_eq!(POLLED.load(Ordering::SeqCst), 0);
}

#[test]
fn a_late_waker_does_not_wake_who_came_later() {
    let polls = run(async |spawner| {
        let late = Rc::new(RefCell::new(None));
        let kept = Rc::clone(&late);
        let first = spawner.spawn(poll_fn(move |context| {
            kept.replace(Some(context.waker().clone()));
            Poll::Ready(())
        }));
        first.await.unwrap();
        let polls = Rc::new(Cell::new(0));
        let count = Rc::clone(&polls);
        let _second: JoinHandle<()> = spawner.spawn(poll_fn(move |_| {
            count.set(count.get() + 1);
            Poll::Pending
        }));
        for _ in 0..10 {
            late.borrow().as_ref().unwrap().wake_by_ref();
            yield_now().await;
        }
        polls.get()
    });
    assert_eq!(polls, 1);
}

#[test]
fn tasks_spawn_tasks() {
    async fn tree(spawner: Spawner, depth: u32) -> u32 {
        if depth == 0 {
            return 1;
        }
        let children = [(); 2].map(|()| {
            spawner.spawn(Box::pin(tree(spawner.clone(), depth - 1)))
        });
        let mut leaves = 0;
        for child in children {
            leaves += child.await.unwrap();
        }
        leaves
    }
    assert_eq!(run(async |spawner| tree(spawner, 8).await), 256);
}

#[test]
fn a_handle_yields_the_output_before_or_after_the_end() {
    run(async |spawner| {
        let early = spawner.spawn(async {
            yield_now().await;
            "early"
        });
        assert_eq!(early.await, Ok("early"));
        let late = spawner.spawn(async { "late" });
        for _ in 0..5 {
            yield_now().await;
        }
        assert_eq!(late.await, Ok("late"));
    });
}

#[test]
fn a_handle_that_moves_to_another_task_wakes_that_task() {
    run(async |spawner| {
        let (go, wait) = oneshot::channel();
        let mut handle = spawner.spawn(async move { wait.await.unwrap() });
        // Polled here once, with the main future's waker …
        let first = poll_fn(|context| {
            Poll::Ready(pin!(&mut handle).poll(context).is_pending())
        });
        assert!(first.await);
        // … and then awaited by another.
        let other = spawner.spawn(async move { handle.await.unwrap() });
        yield_now().await;
        yield_now().await;
        go.send(7);
        assert_eq!(other.await, Ok(7));
    });
}

#[test]
fn a_task_whose_handle_is_dropped_runs_on() {
    run(async |spawner| {
        let (done, ended) = oneshot::channel();
        drop(spawner.spawn(async move {
            yield_now().await;
            done.send(());
        }));
        ended.await.unwrap();
    });
}

#[test]
fn a_panic_ends_its_task_and_no_other() {
    run(async |spawner| {
        let dropped = Rc::new(Cell::new(false));
        let held = Dropped(Rc::clone(&dropped));
        let bad: JoinHandle<()> = spawner.spawn(async move {
            let _held = held;
            yield_now().await;
            panic!("expected by the test");
        });
        let good = spawner.spawn(async {
            for _ in 0..10 {
                yield_now().await;
            }
            "still here"
        });
        assert_eq!(bad.await, Err(Closed));
        assert!(dropped.get());
        assert_eq!(good.await, Ok("still here"));
    });
}

#[test]
fn a_panic_of_the_main_future_goes_to_the_caller() {
    let (dropped, caught) = within_deadline(|| {
        let dropped = Rc::new(Cell::new(false));
        let held = Dropped(Rc::clone(&dropped));
        let run = std::panic::AssertUnwindSafe(|| {
            block_on(ThreadPark, async |spawner| {
                detach(&spawner, async move {
                    let _held = held;
                    std::future::pending().await
                });
                yield_now().await;
                panic!("expected by the test");
            });
        });
        let caught = std::panic::catch_unwind(run).is_err();
        (dropped.get(), caught)
    });
    assert!(caught && dropped);
}

#[test]
fn what_is_not_done_is_dropped_at_the_end() {
    let dropped = within_deadline(|| {
        let flags: [Rc<Cell<bool>>; 3] = Default::default();
        let waker = block_on(ThreadPark, async |spawner| {
            let [waiting, cyclic, fresh] = flags.each_ref().map(Rc::clone);
            let (waiting, fresh) = (Dropped(waiting), Dropped(fresh));
            detach(&spawner, async move {
                let _held = waiting;
                std::future::pending().await
            });
            // A task that holds its own waker and the spawner.
            let (inner, cyclic) = (spawner.clone(), Dropped(cyclic));
            let (give, waker) = oneshot::channel();
            detach(&spawner, async move {
                let (mut own, _held, _inner) = (None, cyclic, inner);
                let mut give = Some(give);
                poll_fn(|context| {
                    own = Some(context.waker().clone());
                    if let Some(give) = give.take() {
                        give.send(context.waker().clone());
                    }
                    Poll::Pending
                })
                .await
            });
            let waker = waker.await.unwrap();
            // One that is never polled.
            detach(&spawner, async move {
                let _held = fresh;
            });
            waker
        });
        // A waker out there keeps no task.
        let dropped = flags.map(|flag| flag.get());
        waker.wake();
        dropped
    });
    assert_eq!(dropped, [true; 3]);
}

#[test]
fn spawning_after_the_end_drops_the_future() {
    struct Respawns(Spawner, Rc<Cell<bool>>);
    impl Drop for Respawns {
        fn drop(&mut self) {
            let held = Dropped(Rc::clone(&self.1));
            drop(self.0.spawn(async move { drop(held) }));
        }
    }
    let dropped = within_deadline(|| {
        let flags: [Rc<Cell<bool>>; 2] = Default::default();
        let (spawner, handle) = block_on(ThreadPark, async |spawner| {
            let respawns = Respawns(spawner.clone(), Rc::clone(&flags[0]));
            detach(&spawner, async move {
                let _respawns = respawns;
                std::future::pending().await
            });
            yield_now().await;
            (spawner.clone(), spawner.spawn(std::future::pending::<()>()))
        });
        let held = Dropped(Rc::clone(&flags[1]));
        let late = spawner.spawn(async move { drop(held) });
        block_on(ThreadPark, async |_| {
            assert_eq!(late.await, Err(Closed));
            assert_eq!(handle.await, Err(Closed));
        });
        flags.map(|flag| flag.get())
    });
    assert_eq!(dropped, [true; 2]);
}

#[test]
fn tasks_are_dropped_before_the_park() {
    struct Logs(&'static str, Rc<RefCell<Vec<&'static str>>>);
    impl Drop for Logs {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0);
        }
    }
    impl Park for Logs {
        fn park(&mut self, _: Option<Duration>) {}
        fn unparker(&self) -> Unparker {
            Arc::new(|| ())
        }
    }
    let log = Rc::new(RefCell::new(Vec::new()));
    block_on(Logs("park", Rc::clone(&log)), async |spawner| {
        let task = Logs("task", Rc::clone(&log));
        detach(&spawner, async move {
            let _task = task;
            std::future::pending().await
        });
        let _main = Logs("main", Rc::clone(&log));
        yield_now().await;
    });
    assert_eq!(log.take(), ["main", "task", "park"]);
}

#[test]
fn busy_tasks_keep_the_executor_neither_from_others_nor_from_events() {
    struct Events(Rc<RefCell<Vec<Option<Duration>>>>);
    impl Park for Events {
        fn park(&mut self, timeout: Option<Duration>) {
            self.0.borrow_mut().push(timeout);
        }
        fn unparker(&self) -> Unparker {
            Arc::new(|| ())
        }
    }
    let turns = within_deadline(|| {
        let looks = Rc::new(RefCell::new(Vec::new()));
        block_on(Events(Rc::clone(&looks)), async |spawner| {
            let turns = Rc::new(Cell::new(0));
            let count = Rc::clone(&turns);
            detach(&spawner, async move {
                loop {
                    count.set(count.get() + 1);
                    yield_now().await;
                }
            });
            for _ in 0..1000 {
                yield_now().await;
            }
            // It looked for events every so often, and never waited.
            let looks = looks.borrow();
            assert!(looks.len() >= 10, "{} looks", looks.len());
            assert!(looks.iter().all(|t| *t == Some(Duration::ZERO)));
            turns.get()
        })
    });
    assert!((998..=1002).contains(&turns), "{turns} turns");
}

#[test]
fn an_executor_within_a_task_works() {
    let inner = run(async |spawner| {
        let task = spawner.spawn(async {
            block_on(ThreadPark, async |spawner| {
                let task = spawner.spawn(async {
                    yield_now().await;
                    "inner"
                });
                task.await.unwrap()
            })
        });
        task.await.unwrap()
    });
    assert_eq!(inner, "inner");
}

#[test]
fn a_value_is_there_before_or_after_the_first_poll() {
    for early in [true, false] {
        let value = run(async move |_| {
            let (sender, receiver) = oneshot::channel();
            if early {
                sender.send(1);
            } else {
                thread::spawn(|| sender.send(1));
            }
            receiver.await
        });
        assert_eq!(value, Ok(1));
    }
}

#[test]
fn a_sender_that_is_dropped_ends_the_wait() {
    let closed = run(async |_| {
        let (sender, receiver) = oneshot::channel::<()>();
        thread::spawn(|| {
            thread::sleep(Duration::from_millis(20));
            drop(sender);
        });
        receiver.await
    });
    assert_eq!(closed, Err(Closed));
}

#[test]
fn the_waker_of_the_last_poll_is_woken_once_and_no_other() {
    let wakes: [Arc<Wakes>; 2] = Default::default();
    let (sender, receiver) = oneshot::channel();
    let mut receiver = pin!(receiver);
    for wakes in &wakes {
        let waker = Waker::from(Arc::clone(wakes));
        let poll = receiver.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
    }
    sender.send(());
    assert_eq!(wakes.each_ref().map(|w| w.count()), [0, 1]);
}

#[test]
fn a_receiver_that_is_dropped_leaves_the_sender_at_peace() {
    let wakes = Arc::new(Wakes::default());
    let (sender, receiver) = oneshot::channel();
    let mut receiver = Box::pin(receiver);
    let waker = Waker::from(Arc::clone(&wakes));
    let _ = receiver.as_mut().poll(&mut Context::from_waker(&waker));
    drop((receiver, waker));
    sender.send(());
    // A wake too many is harmless; what counts is that nothing is kept.
    assert_eq!(Arc::strong_count(&wakes), 1);
}

#[test]
fn a_waker_that_reaches_back_into_the_channel_does_not_lock_up() {
    struct Reaches(Mutex<Option<oneshot::Receiver<u32>>>, Wakes);
    impl Wake for Reaches {
        fn wake(self: Arc<Self>) {
            let receiver = self.0.lock().unwrap().take().unwrap();
            let poll =
                pin!(receiver).poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(poll, Poll::Ready(Ok(5)));
            self.1.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let reached = within_deadline(|| {
        let (sender, mut receiver) = oneshot::channel();
        let reaches = Arc::new(Reaches(Mutex::new(None), Wakes::default()));
        let waker = Waker::from(Arc::clone(&reaches));
        let poll = pin!(&mut receiver).poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
        *reaches.0.lock().unwrap() = Some(receiver);
        sender.send(5);
        reaches.1.count()
    });
    assert_eq!(reached, 1);
}

#[test]
fn a_waker_that_is_replaced_may_hold_the_sender() {
    struct Holds {
        _sender: oneshot::Sender<()>,
    }
    impl Wake for Holds {
        fn wake(self: Arc<Self>) {}
    }
    within_deadline(|| {
        let (sender, receiver) = oneshot::channel();
        let mut receiver = pin!(receiver);
        let waker = Waker::from(Arc::new(Holds { _sender: sender }));
        let mut context = Context::from_waker(&waker);
        assert!(receiver.as_mut().poll(&mut context).is_pending());
        drop(waker);
        // The second waker drops the first, which drops the sender.
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let mut context = Context::from_waker(&waker);
        assert!(receiver.as_mut().poll(&mut context).is_pending());
        assert_eq!(wakes.count(), 1);
        assert!(receiver.poll(&mut context).is_ready());
    });
}

/// Threads answer as fast as they can while tasks ask as fast as they can:
/// answers come before, during and after the poll that looks for them.
#[test]
fn a_hundred_thousand_answers_from_other_threads_all_arrive() {
    const TASKS: usize = 50;
    const ROUNDS: usize = 2000;
    let (requests, inbox) = mpsc::channel::<(u32, oneshot::Sender<u32>)>();
    let inbox = Arc::new(Mutex::new(inbox));
    for _ in 0..3 {
        let inbox = Arc::clone(&inbox);
        thread::spawn(move || {
            loop {
                let Ok((n, answer)) = inbox.lock().unwrap().recv() else {
                    return;
                };
                for _ in 0..n % 64 {
                    std::hint::spin_loop();
                }
                answer.send(n + 1);
            }
        });
    }
    let sum = run(async move |spawner| {
        let handles: Vec<_> = (0..TASKS)
            .map(|_| {
                let requests = requests.clone();
                spawner.spawn(async move {
                    let mut n = 0;
                    for _ in 0..ROUNDS {
                        let (sender, receiver) = oneshot::channel();
                        requests.send((n, sender)).unwrap();
                        n = receiver.await.unwrap();
                    }
                    n as usize
                })
            })
            .collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.await.unwrap();
        }
        sum
    });
    assert_eq!(sum, TASKS * ROUNDS);
}

/// The page says so.
#[test]
fn the_executor_has_under_a_hundred_lines() {
    let lines = include_str!("../src/executor.rs")
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty())
        .filter(|line| !line.starts_with("//"))
        .filter(|line| !line.starts_with("use "))
        .count();
    assert!(lines < 100, "{lines} lines");
}
