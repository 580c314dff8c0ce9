//! The cases of the exercise.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
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

struct Bell(mpsc::Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

/// Runs a future on this thread; whether somebody woke it in time.
fn is_woken(future: impl Future<Output = ()>) -> bool {
    let (bell, rings) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(bell)));
    let mut future = pin!(future);
    while future
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_pending()
    {
        if rings.recv_timeout(Duration::from_secs(2)).is_err() {
            return false;
        }
    }
    true
}

fn spin(times: usize) {
    for _ in 0..times {
        std::hint::spin_loop();
    }
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

    /// The two threads begin each round together, and then take more or less
    /// time: one order of their steps in many is the bad one.
    fn no_signal_from_another_thread_is_lost() {
        const ROUNDS: usize = 100_000;
        let signals: Arc<Vec<Signal>> =
            Arc::new((0..ROUNDS).map(|_| Signal::new()).collect());
        let turn = Arc::new(AtomicUsize::new(0));
        thread::spawn({
            let (signals, turn) = (Arc::clone(&signals), Arc::clone(&turn));
            move || {
                for (round, signal) in signals.iter().enumerate() {
                    while turn.load(Ordering::Acquire) <= round {
                        thread::yield_now();
                    }
                    spin(round % 61);
                    signal.give();
                }
            }
        });
        let start = Instant::now();
        for (round, signal) in signals.iter().enumerate() {
            turn.store(round + 1, Ordering::Release);
            spin(round % 17);
            assert!(is_woken(signal.wait()), "nobody woke who waits");
            if start.elapsed() > Duration::from_millis(500) {
                break;
            }
        }
        turn.store(ROUNDS, Ordering::Release);
    }
}
