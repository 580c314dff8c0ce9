//! An executor in under a hundred lines (2.2).
//!
//! One thread, many tasks: [`block_on`] runs a future to its end and, in turns
//! with it, what a [`Spawner`] is given. Tasks need not be [`Send`]. Their
//! wakers are, as [`Waker`] demands, and may be used from any thread, any
//! number of times, after the task is done and after the executor is gone.
//!
//! What the thread does while no task is ready is the business of a [`Park`].
//! [`ThreadPark`] sleeps; a reactor waits for sockets instead.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::AcqRel};
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use crate::oneshot;

/// How the executor's thread waits.
// ANCHOR: park
pub trait Park {
    /// Waits until the unparker is called, until what else the implementor
    /// watches happens, or for `timeout`: `None` is for ever, and zero means
    /// to look without waiting. It may return early.
    ///
    /// A call of the unparker since the last `park` ends this one at once.
    fn park(&mut self, timeout: Option<Duration>);

    /// What ends [`Park::park`], from any thread.
    fn unparker(&self) -> Unparker;
}

/// See [`Park::unparker`].
pub type Unparker = Arc<dyn Fn() + Send + Sync>;
// ANCHOR_END: park

/// Waits by [`thread::park_timeout`].
#[derive(Debug, Clone, Copy, Default)]
pub struct ThreadPark;

// ANCHOR: thread_park
impl Park for ThreadPark {
    fn park(&mut self, timeout: Option<Duration>) {
        thread::park_timeout(timeout.unwrap_or(Duration::MAX));
    }

    fn unparker(&self) -> Unparker {
        let thread = thread::current();
        Arc::new(move || thread.unpark())
    }
}
// ANCHOR_END: thread_park

/// What a task's waker holds: the task's number, and nothing of the task.
// ANCHOR: ticket
struct Ticket {
    task: u64,
    queued: AtomicBool,
    ready: Sender<Arc<Ticket>>,
    unparker: Unparker,
}

impl Wake for Ticket {
    fn wake(self: Arc<Self>) {
        // Once in the queue is enough.
        if !self.queued.swap(true, AcqRel)
            && self.ready.send(Arc::clone(&self)).is_ok()
        {
            (self.unparker)();
        }
    }
}
// ANCHOR_END: ticket

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Gives tasks to an executor, from its thread.
#[derive(Clone)]
pub struct Spawner(Weak<RefCell<Vec<Task>>>);

/// Yields what the task yielded; [`oneshot::Closed`] if the task panicked or
/// the executor is gone. Dropping it leaves the task running.
pub type JoinHandle<T> = oneshot::Receiver<T>;

impl Spawner {
    /// Runs `future` in turns with the other tasks.
    // ANCHOR: spawn
    pub fn spawn<T: 'static>(
        &self,
        future: impl Future<Output = T> + 'static,
    ) -> JoinHandle<T> {
        let (result, handle) = oneshot::channel();
        let task = Box::pin(async move { result.send(future.await) });
        if let Some(spawned) = self.0.upgrade() {
            spawned.borrow_mut().push(task);
        }
        handle
    }
    // ANCHOR_END: spawn
}

/// How many polls there are at most between two looks at [`Park::park`].
const ROUND: usize = 64;
/// The number of the future that is not a task.
const MAIN: u64 = 0;

/// Runs the future that `main` returns to its end, in turns with the tasks
/// that the spawner is given. Tasks not done by then are dropped, `park` after
/// them.
// ANCHOR: begin
pub fn block_on<T>(
    mut park: impl Park,
    main: impl AsyncFnOnce(Spawner) -> T,
) -> T {
    let (ready, queue) = channel();
    let unparker = park.unparker();
    let enqueue = |task| {
        let ticket = Ticket {
            task,
            queued: AtomicBool::new(false),
            ready: ready.clone(),
            unparker: unparker.clone(),
        };
        Arc::new(ticket).wake();
    };
    let spawned = Rc::default();
    let mut tasks = HashMap::<u64, Task>::new();
    let mut numbers = MAIN + 1..;
    let mut main = pin!(main(Spawner(Rc::downgrade(&spawned))));
    enqueue(MAIN);
    // ANCHOR_END: begin
    // ANCHOR: turns
    loop {
        for _ in 0..ROUND {
            for (task, number) in spawned.take().into_iter().zip(&mut numbers) {
                tasks.insert(number, task);
                enqueue(number);
            }
            let Ok(ticket) = queue.try_recv() else {
                park.park(None);
                continue;
            };
            // Before the poll, so that a wake during it asks for another; by
            // a swap, which takes over what waking threads wrote before.
            ticket.queued.swap(false, AcqRel);
            let (number, waker) = (ticket.task, Waker::from(ticket));
            let mut context = Context::from_waker(&waker);
            if number == MAIN {
                let main = main.as_mut();
                if let Poll::Ready(output) = main.poll(&mut context) {
                    return output;
                }
            } else if let Some(task) = tasks.get_mut(&number) {
                let poll = || task.as_mut().poll(&mut context);
                // A panic ends the task, and nothing else.
                let poll = catch_unwind(AssertUnwindSafe(poll));
                if !matches!(poll, Ok(Poll::Pending)) {
                    tasks.remove(&number);
                }
            }
        }
        park.park(Some(Duration::ZERO));
    }
    // ANCHOR_END: turns
}
