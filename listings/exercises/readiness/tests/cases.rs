//! The cases of the exercise.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(5);

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

/// A waker for a thread that is parked.
struct Unpark {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.thread.unpark();
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

    fn an_old_number_clears_nothing() {
        let readiness = Readiness::default();
        let mut context = Context::from_waker(Waker::noop());
        readiness.report();
        let Poll::Ready(old) = readiness.poll_ready(&mut context) else {
            panic!("it was reported");
        };
        readiness.clear(old);
        readiness.report();
        readiness.clear(old);
        assert!(readiness.poll_ready(&mut context).is_ready());
    }

    fn two_threads_lose_no_report() {
        let readiness = Arc::new(Readiness::default());
        let round = Arc::new(AtomicUsize::new(0));
        let (reports, begun) = (Arc::clone(&readiness), Arc::clone(&round));
        thread::spawn(move || {
            for n in 1.. {
                for spins in 1.. {
                    // Nobody is left to report to.
                    if Arc::strong_count(&begun) == 1 {
                        return;
                    }
                    if begun.load(Ordering::SeqCst) >= n {
                        break;
                    }
                    match spins % 1000 {
                        0 => thread::yield_now(),
                        _ => spin_loop(),
                    }
                }
                reports.report();
            }
        });
        let unpark = Arc::new(Unpark {
            thread: thread::current(),
            woken: AtomicBool::new(false),
        });
        let waker = Waker::from(Arc::clone(&unpark));
        let mut context = Context::from_waker(&waker);
        let end = Instant::now() + Duration::from_secs(1);
        for n in (1..200_000).take_while(|_| Instant::now() < end) {
            round.store(n, Ordering::SeqCst);
            // Now earlier, now later than the report.
            (0..n % 64).for_each(|_| spin_loop());
            let seen = loop {
                match readiness.poll_ready(&mut context) {
                    Poll::Ready(seen) => break seen,
                    Poll::Pending => {}
                }
                while !unpark.woken.swap(false, Ordering::SeqCst) {
                    let late = Instant::now() + PATIENCE;
                    thread::park_timeout(PATIENCE);
                    assert!(Instant::now() < late, "round {n}: no wake");
                }
            };
            readiness.clear(seen);
        }
    }
}
