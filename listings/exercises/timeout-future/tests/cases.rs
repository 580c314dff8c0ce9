//! The cases of the exercise.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn, ready};
use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use ex_timeout_future::yours::Elapsed;

/// Pending so many times, then yields. It cannot be moved once it is pinned.
async fn after<T: Copy>(mut times: u32, output: T) -> T {
    let _pinned = PhantomPinned;
    poll_fn(|_| {
        if times == 0 {
            return Poll::Ready(output);
        }
        times -= 1;
        Poll::Pending
    })
    .await
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A connection that is in use until it is dropped.
struct InUse<'a>(&'a Cell<bool>);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

book_exercise::cases! {
    for ex_timeout_future;

    fn an_answer_in_time_is_returned() {
        let mut answer = pin!(timeout(after(2, "rain"), after(3, ())));
        assert_eq!(poll(answer.as_mut()), Poll::Pending);
        assert_eq!(poll(answer.as_mut()), Poll::Pending);
        assert_eq!(poll(answer), Poll::Ready(Ok("rain")));
    }

    fn no_answer_in_time_is_an_error() {
        let mut answer = pin!(timeout(pending::<()>(), after(2, ())));
        assert_eq!(poll(answer.as_mut()), Poll::Pending);
        assert_eq!(poll(answer.as_mut()), Poll::Pending);
        assert_eq!(poll(answer), Poll::Ready(Err(Elapsed)));
    }

    fn an_answer_at_the_last_moment_counts() {
        let answer = pin!(timeout(ready(7), ready(())));
        assert_eq!(poll(answer), Poll::Ready(Ok(7)));
        let mut answer = pin!(timeout(after(1, 7), after(1, ())));
        assert_eq!(poll(answer.as_mut()), Poll::Pending);
        assert_eq!(poll(answer), Poll::Ready(Ok(7)));
    }

    fn the_future_gets_a_poll_even_if_time_is_up() {
        let polled = Cell::new(false);
        let future = async { polled.set(true) };
        assert_eq!(poll(pin!(timeout(future, ready(())))), Poll::Ready(Ok(())));
        assert!(polled.get());
    }

    fn both_leave_the_waker_of_this_poll() {
        let left = RefCell::new(Vec::<Waker>::new());
        let leave = || poll_fn(|context| {
            left.borrow_mut().push(context.waker().clone());
            Poll::<()>::Pending
        });
        let mut answer = pin!(timeout(leave(), leave()));
        let wakes: [Arc<Wakes>; 2] = Default::default();
        for wakes in &wakes {
            let waker = Waker::from(Arc::clone(wakes));
            let mut context = Context::from_waker(&waker);
            assert!(answer.as_mut().poll(&mut context).is_pending());
            left.take().into_iter().for_each(Waker::wake);
        }
        assert_eq!(wakes.map(|w| w.0.load(Ordering::SeqCst)), [2, 2]);
    }

    fn what_the_future_holds_is_free_when_time_is_up() {
        let in_use = Cell::new(true);
        let connection = InUse(&in_use);
        let future = async move {
            let _connection = connection;
            pending::<()>().await
        };
        let free = pin!(async {
            let outcome = timeout(future, ready(())).await;
            (outcome, !in_use.get())
        });
        assert_eq!(poll(free), Poll::Ready((Err(Elapsed), true)));
    }
}
