//! A wake-up that comes at the wrong moment, and a future that survives it.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

// ANCHOR: signal
/// A signal that one thread gives and a task waits for.
#[derive(Default)]
struct Signal {
    given: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Signal {
    fn give(&self) {
        self.given.store(true, SeqCst);
        if let Some(waker) = self.leave(None) {
            waker.wake();
        }
    }

    /// Puts a waker in place of the one that was left, and returns that.
    fn leave(&self, waker: Option<Waker>) -> Option<Waker> {
        let mut left = self.waker.lock().expect("nothing panics with it");
        std::mem::replace(&mut *left, waker)
    }
}

/// The other thread gives the signal at the worst moment.
fn meanwhile(signal: &Signal) {
    thread::scope(|scope| drop(scope.spawn(|| signal.give())));
}
// ANCHOR_END: signal

// ANCHOR: futures
struct LooksFirst<'a>(&'a Signal);

impl Future for LooksFirst<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0.given.load(SeqCst) {
            return Poll::Ready(());
        }
        meanwhile(self.0);
        self.0.leave(Some(context.waker().clone()));
        Poll::Pending
    }
}

struct LeavesFirst<'a>(&'a Signal);

impl Future for LeavesFirst<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.leave(Some(context.waker().clone()));
        meanwhile(self.0);
        if self.0.given.load(SeqCst) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}
// ANCHOR_END: futures

// ANCHOR: block_on
struct Bell(Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

/// Polls once, and again for each ring; `None` if the bell stays silent.
fn block_on<F: Future>(future: F) -> Option<F::Output> {
    let (bell, rings) = channel();
    let waker = Waker::from(Arc::new(Bell(bell)));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        rings.recv_timeout(Duration::from_millis(200)).ok()?;
    }
}

fn main() {
    let signal = Signal::default();
    println!("looks first: {:?}", block_on(LooksFirst(&signal)));
    let signal = Signal::default();
    println!(
        "leaves its waker first: {:?}",
        block_on(LeavesFirst(&signal))
    );
}
// ANCHOR_END: block_on
