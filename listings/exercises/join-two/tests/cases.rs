//! The cases of the exercise.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Pending so many times, then yields; panics if polled after that. It cannot
/// be moved once it is pinned.
async fn after<T: Copy>(pending: u32, output: T, polls: &Cell<u32>) -> T {
    let _pinned = PhantomPinned;
    poll_fn(|_| {
        polls.set(polls.get() + 1);
        if polls.get() > pending {
            Poll::Ready(output)
        } else {
            Poll::Pending
        }
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

book_exercise::cases! {
    for ex_join_two;

    fn two_that_are_ready_are_ready_at_once() {
        let both = pin!(join(async { 1 }, async { "two" }));
        assert_eq!(poll(both), Poll::Ready((1, "two")));
    }

    fn both_are_polled_from_the_beginning() {
        let (a, b) = (Cell::new(0), Cell::new(0));
        let mut both = pin!(join(after(3, 1, &a), after(3, 2, &b)));
        assert_eq!(poll(both.as_mut()), Poll::Pending);
        assert_eq!((a.get(), b.get()), (1, 1));
    }

    fn it_takes_as_long_as_the_slower() {
        for (pending_a, pending_b) in [(2, 5), (5, 2), (5, 5)] {
            let (a, b) = (Cell::new(0), Cell::new(0));
            let mut both =
                pin!(join(after(pending_a, 1, &a), after(pending_b, 2, &b)));
            for _ in 0..5 {
                assert_eq!(poll(both.as_mut()), Poll::Pending);
            }
            assert_eq!(poll(both.as_mut()), Poll::Ready((1, 2)));
        }
    }

    fn who_is_done_is_not_polled_again() {
        // An async block panics if it is.
        let (a, b) = (Cell::new(0), Cell::new(0));
        let mut both = pin!(join(after(0, 1, &a), after(3, 2, &b)));
        while poll(both.as_mut()).is_pending() {}
        assert_eq!((a.get(), b.get()), (1, 4));
    }

    fn the_first_comes_first() {
        let log = RefCell::new(Vec::new());
        let note = |name| {
            let log = &log;
            async move { log.borrow_mut().push(name) }
        };
        let both = pin!(join(note("a"), note("b")));
        assert!(poll(both).is_ready());
        assert_eq!(log.take(), ["a", "b"]);
    }

    fn each_gets_the_waker_of_this_poll() {
        let left = RefCell::new(Vec::<Waker>::new());
        let leave = || poll_fn(|context| {
            left.borrow_mut().push(context.waker().clone());
            Poll::<()>::Pending
        });
        let mut both = pin!(join(leave(), leave()));
        let wakes: [Arc<Wakes>; 2] = Default::default();
        for wakes in &wakes {
            let waker = Waker::from(Arc::clone(wakes));
            let mut context = Context::from_waker(&waker);
            assert!(both.as_mut().poll(&mut context).is_pending());
            left.take().into_iter().for_each(Waker::wake);
        }
        assert_eq!(wakes.map(|w| w.0.load(Ordering::SeqCst)), [2, 2]);
    }

    fn an_output_survives_until_the_other_is_there() {
        let slow = Cell::new(0);
        let text = async { String::from("kept") };
        let mut both = pin!(join(text, after(2, 0, &slow)));
        assert!(poll(both.as_mut()).is_pending());
        assert!(poll(both.as_mut()).is_pending());
        assert_eq!(poll(both), Poll::Ready(("kept".into(), 0)));
    }
}
