//! The cases of the exercise.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Counts how often it wakes its task.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A channel with these items in it.
fn holding(
    items: &[&'static str],
) -> (Sender<&'static str>, Receiver<&'static str>) {
    let (sender, receiver) = channel(16);
    for &item in items {
        sender.try_send(item).expect("room for 16");
    }
    (sender, receiver)
}

/// What `next` yields until it is pending or at the end.
fn until_pending(
    mut next: impl FnMut(&mut Context<'_>) -> Poll<Option<&'static str>>,
) -> (String, bool) {
    let mut all = Vec::new();
    loop {
        match next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(item)) => all.push(item),
            Poll::Ready(None) => return (all.join(" "), true),
            Poll::Pending => return (all.join(" "), false),
        }
    }
}

book_exercise::cases! {
    for ex_fair_merge;

    fn while_both_have_items_they_take_turns() {
        let (_to_a, a) = holding(&["a1", "a2", "a3"]);
        let (_to_b, b) = holding(&["b1", "b2", "b3"]);
        let mut merge = Merge::new(a, b);
        let (all, ended) = until_pending(|cx| merge.poll_next(cx));
        assert_eq!((all.as_str(), ended), ("a1 b1 a2 b2 a3 b3", false));
    }

    fn an_empty_channel_does_not_hold_up_the_other() {
        let (to_a, a) = holding(&[]);
        let (to_b, b) = holding(&["b1", "b2", "b3"]);
        let mut merge = Merge::new(a, b);
        let (all, ended) = until_pending(|cx| merge.poll_next(cx));
        assert_eq!((all.as_str(), ended), ("b1 b2 b3", false));
        // And has not lost its turn by being empty.
        to_b.try_send("b4").unwrap();
        to_a.try_send("a1").unwrap();
        assert_eq!(until_pending(|cx| merge.poll_next(cx)).0, "a1 b4");
    }

    fn whoever_was_not_served_last_goes_first() {
        let (to_a, a) = holding(&["a1"]);
        let (to_b, b) = holding(&[]);
        let mut merge = Merge::new(a, b);
        assert_eq!(until_pending(|cx| merge.poll_next(cx)).0, "a1");
        to_a.try_send("a2").unwrap();
        to_b.try_send("b1").unwrap();
        assert_eq!(until_pending(|cx| merge.poll_next(cx)).0, "b1 a2");
        to_b.try_send("b2").unwrap();
        assert_eq!(until_pending(|cx| merge.poll_next(cx)).0, "b2");
        to_b.try_send("b3").unwrap();
        to_a.try_send("a3").unwrap();
        assert_eq!(until_pending(|cx| merge.poll_next(cx)).0, "a3 b3");
    }

    fn one_end_is_not_the_end() {
        let (to_a, a) = holding(&["a1"]);
        let (to_b, b) = holding(&["b1", "b2"]);
        let mut merge = Merge::new(a, b);
        drop(to_a);
        let (all, ended) = until_pending(|cx| merge.poll_next(cx));
        assert_eq!((all.as_str(), ended), ("a1 b1 b2", false));
        to_b.try_send("b3").unwrap();
        drop(to_b);
        let (all, ended) = until_pending(|cx| merge.poll_next(cx));
        assert_eq!((all.as_str(), ended), ("b3", true));
    }

    fn an_end_beside_an_empty_channel_is_not_the_end() {
        // Whichever has ended, and whichever is asked first.
        for (last, ended) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let ((to_a, a), (to_b, b)) = (holding(&[]), holding(&[]));
            let mut senders = [Some(to_a), Some(to_b)];
            let mut merge = Merge::new(a, b);
            let send = |sender: &Option<Sender<_>>, item| {
                sender.as_ref().unwrap().try_send(item).unwrap();
            };
            send(&senders[last], "last served");
            assert!(until_pending(|cx| merge.poll_next(cx)).0 == "last served");
            senders[ended] = None;
            let (none, ended_both) = until_pending(|cx| merge.poll_next(cx));
            assert_eq!((none.as_str(), ended_both), ("", false));
            send(&senders[1 - ended], "more");
            assert_eq!(until_pending(|cx| merge.poll_next(cx)).0, "more");
        }
    }

    fn both_ends_are_the_end() {
        let ((_, a), (_, b)) = (holding(&["a1"]), holding(&[]));
        let mut merge = Merge::new(a, b);
        let (all, ended) = until_pending(|cx| merge.poll_next(cx));
        assert_eq!((all.as_str(), ended), ("a1", true));
    }

    fn either_wakes_the_task() {
        let (to_a, a) = holding(&[]);
        let (to_b, b) = holding(&[]);
        let mut merge = Merge::new(a, b);
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let mut context = Context::from_waker(&waker);
        let count = || wakes.0.load(Ordering::Relaxed);
        for sender in [&to_a, &to_b, &to_a, &to_b] {
            assert_eq!(merge.poll_next(&mut context), Poll::Pending);
            let before = count();
            sender.try_send("item").unwrap();
            assert!(count() > before, "an item wakes the task");
            let next = merge.poll_next(&mut context);
            assert_eq!(next, Poll::Ready(Some("item")));
        }
        assert_eq!(merge.poll_next(&mut context), Poll::Pending);
        let before = count();
        drop(to_b);
        assert!(count() > before, "an end wakes the task");
    }
}
