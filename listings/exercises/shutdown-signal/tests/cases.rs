//! The cases of the exercise.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

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

fn poll<F: Future>(future: Pin<&mut F>, wakes: &Arc<Wakes>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(wakes));
    future.poll(&mut Context::from_waker(&waker))
}

book_exercise::cases! {
    for ex_shutdown_signal;

    fn a_signal_given_before_is_seen() {
        let signal = Signal::new();
        signal.give();
        let wakes = Arc::new(Wakes::default());
        assert!(poll(pin!(signal.wait()), &wakes).is_ready());
        signal.give();
        assert!(poll(pin!(signal.wait()), &wakes).is_ready());
        assert_eq!(wakes.count(), 0);
    }

    fn everyone_who_waits_is_woken_once() {
        let signal = Signal::new();
        let wakes: [Arc<Wakes>; 100] =
            std::array::from_fn(|_| Arc::default());
        let mut waits: Vec<_> =
            wakes.iter().map(|_| Box::pin(signal.wait())).collect();
        for (wait, wakes) in waits.iter_mut().zip(&wakes) {
            assert!(poll(wait.as_mut(), wakes).is_pending());
        }
        signal.give();
        signal.give();
        for (wait, wakes) in waits.iter_mut().zip(&wakes) {
            assert_eq!(wakes.count(), 1);
            assert!(poll(wait.as_mut(), wakes).is_ready());
        }
    }

    fn the_waker_of_the_last_poll_is_woken() {
        let signal = Signal::new();
        let wakes: [Arc<Wakes>; 2] = Default::default();
        let mut wait = pin!(signal.wait());
        for wakes in &wakes {
            assert!(poll(wait.as_mut(), wakes).is_pending());
        }
        signal.give();
        assert_eq!(wakes.map(|w| w.count()), [0, 1]);
    }

    fn a_wait_that_is_dropped_keeps_no_waker() {
        let signal = Signal::new();
        let wakes = Arc::new(Wakes::default());
        for _ in 0..1000 {
            assert!(poll(pin!(signal.wait()), &wakes).is_pending());
        }
        assert_eq!(Arc::strong_count(&wakes), 1);
        signal.give();
        assert_eq!(wakes.count(), 0);
    }

    fn a_thousand_polls_keep_one_waker() {
        let signal = Signal::new();
        let wakes = Arc::new(Wakes::default());
        let mut wait = pin!(signal.wait());
        for _ in 0..1000 {
            assert!(poll(wait.as_mut(), &wakes).is_pending());
        }
        assert_eq!(Arc::strong_count(&wakes), 2);
        signal.give();
        assert_eq!(wakes.count(), 1);
    }

    fn a_waker_may_use_the_signal() {
        struct Again(Arc<Signal>);
        impl Wake for Again {
            fn wake(self: Arc<Self>) {
                self.0.give();
                let mut context = Context::from_waker(Waker::noop());
                assert!(pin!(self.0.wait()).poll(&mut context).is_ready());
            }
        }
        let signal = Arc::new(Signal::new());
        let waker = Waker::from(Arc::new(Again(Arc::clone(&signal))));
        let mut wait = pin!(signal.wait());
        let mut context = Context::from_waker(&waker);
        assert!(wait.as_mut().poll(&mut context).is_pending());
        signal.give();
        assert!(wait.poll(&mut context).is_ready());
    }

    /// As a task's waker does that holds the task, which holds the signal.
    fn a_waker_that_is_dropped_may_use_the_signal() {
        struct Last(Arc<Signal>);
        impl Wake for Last {
            fn wake(self: Arc<Self>) {}
        }
        impl Drop for Last {
            fn drop(&mut self) {
                if thread::panicking() {
                    return;
                }
                let mut context = Context::from_waker(Waker::noop());
                let _ = pin!(self.0.wait()).poll(&mut context);
            }
        }
        let signal = Arc::new(Signal::new());
        let last = || Waker::from(Arc::new(Last(Arc::clone(&signal))));
        let poll = |wait: &mut Wait<'_>, waker: Waker| {
            Pin::new(wait).poll(&mut Context::from_waker(&waker))
        };
        let mut replaced = signal.wait();
        assert!(poll(&mut replaced, last()).is_pending());
        assert!(poll(&mut replaced, last()).is_pending());
        let mut dropped = signal.wait();
        assert!(poll(&mut dropped, last()).is_pending());
        drop(dropped);
        signal.give();
        assert!(poll(&mut replaced, last()).is_ready());
    }

    fn a_wait_that_moves_keeps_one_waker() {
        let signal = Signal::new();
        let wakes = Arc::new(Wakes::default());
        let mut waits = [signal.wait(), signal.wait()];
        for wait in &mut waits {
            assert!(poll(Pin::new(wait), &wakes).is_pending());
        }
        waits.reverse();
        let mut kept = Vec::from(waits).pop().unwrap();
        assert_eq!(Arc::strong_count(&wakes), 2);
        assert!(poll(Pin::new(&mut kept), &wakes).is_pending());
        assert_eq!(Arc::strong_count(&wakes), 2);
        signal.give();
        assert_eq!(wakes.count(), 1);
    }

    /// Two with the same waker are still two.
    fn a_task_that_drops_one_of_two_waits_is_woken_for_the_other() {
        let signal = Signal::new();
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let mut context = Context::from_waker(&waker);
        let mut kept = pin!(signal.wait());
        assert!(kept.as_mut().poll(&mut context).is_pending());
        assert!(pin!(signal.wait()).poll(&mut context).is_pending());
        signal.give();
        assert_eq!(wakes.count(), 1);
        assert!(kept.poll(&mut context).is_ready());
    }

    /// One thread gives the signal while the other polls many who wait: the bad
    /// order comes about if it is given at the wrong moment of any poll.
    fn no_signal_from_another_thread_is_lost() {
        const ROUNDS: usize = 20_000;
        const WAITS: usize = 100;
        let signals: Arc<Vec<Signal>> =
            Arc::new((0..ROUNDS).map(|_| Signal::new()).collect());
        let begun = Arc::new(AtomicUsize::new(0));
        let ended = Arc::new(AtomicUsize::new(0));
        thread::spawn({
            let (signals, begun, ended) =
                (signals.clone(), begun.clone(), ended.clone());
            move || {
                for (round, signal) in signals.iter().enumerate() {
                    while begun.load(Ordering::SeqCst) <= round {
                        thread::yield_now();
                    }
                    (0..round % 997).for_each(|_| std::hint::spin_loop());
                    signal.give();
                    ended.store(round + 1, Ordering::SeqCst);
                }
            }
        });
        let start = Instant::now();
        for (round, signal) in signals.iter().enumerate() {
            let wakes = Arc::new(Wakes::default());
            let mut waits: Vec<_> =
                (0..WAITS).map(|_| Box::pin(signal.wait())).collect();
            begun.store(round + 1, Ordering::SeqCst);
            let pending = waits
                .iter_mut()
                .map(|wait| poll(wait.as_mut(), &wakes))
                .filter(Poll::is_pending)
                .count();
            while ended.load(Ordering::SeqCst) <= round {
                thread::yield_now();
            }
            assert!(wakes.count() >= pending, "nobody woke one who waits");
            if start.elapsed() > Duration::from_millis(500) {
                break;
            }
        }
        begun.store(ROUNDS, Ordering::SeqCst);
    }
}
