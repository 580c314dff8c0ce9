//! The cases of the exercise.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn waker(wakes: &Arc<Wakes>) -> Waker {
    Waker::from(Arc::clone(wakes))
}

/// A waker that does something.
struct Act<F>(F);

impl<F: Fn() + Send + Sync + 'static> Wake for Act<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

book_exercise::cases! {
    for ex_readiness;

    fn a_report_is_remembered_until_it_is_cleared() {
        let readiness = Readiness::default();
        readiness.report();
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(seen) = readiness.poll_ready(&mut context) else {
            panic!("it was reported");
        };
        assert!(readiness.poll_ready(&mut context).is_ready());
        readiness.clear(seen);
        assert!(readiness.poll_ready(&mut context).is_pending());
    }

    fn who_waits_is_woken_once() {
        let readiness = Readiness::default();
        let wakes = Arc::new(Wakes::default());
        let waker = waker(&wakes);
        let mut context = Context::from_waker(&waker);
        assert!(readiness.poll_ready(&mut context).is_pending());
        readiness.report();
        readiness.report();
        assert_eq!(wakes.count(), 1);
        assert!(readiness.poll_ready(&mut context).is_ready());
    }

    fn the_waker_of_the_last_poll_is_woken() {
        let readiness = Readiness::default();
        let wakes: [Arc<Wakes>; 2] = Default::default();
        for wakes in &wakes {
            let waker = waker(wakes);
            let mut context = Context::from_waker(&waker);
            assert!(readiness.poll_ready(&mut context).is_pending());
        }
        readiness.report();
        assert_eq!(wakes.map(|w| w.count()), [0, 1]);
    }

    fn a_report_behind_the_call_is_not_cleared() {
        let readiness = Readiness::default();
        readiness.report();
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(seen) = readiness.poll_ready(&mut context) else {
            panic!("it was reported");
        };
        // The task's read says `WouldBlock`; then a byte comes.
        readiness.report();
        readiness.clear(seen);
        let Poll::Ready(again) = readiness.poll_ready(&mut context) else {
            panic!("the report of the byte is lost");
        };
        assert_ne!(seen, again);
        readiness.clear(again);
        assert!(readiness.poll_ready(&mut context).is_pending());
    }

    fn a_waker_may_look_for_itself() {
        let readiness = Arc::new(Readiness::default());
        let (say, hear) = mpsc::channel();
        let looks = Arc::clone(&readiness);
        let waker = Waker::from(Arc::new(Act(move || {
            let mut context = Context::from_waker(Waker::noop());
            let ready = looks.poll_ready(&mut context).is_ready();
            say.send(ready).unwrap();
        })));
        let mut context = Context::from_waker(&waker);
        assert!(readiness.poll_ready(&mut context).is_pending());
        readiness.report();
        assert!(hear.recv().unwrap());
    }
}
