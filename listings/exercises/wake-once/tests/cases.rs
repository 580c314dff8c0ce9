//! The cases of the exercise.

use std::cell::Cell;
use std::sync::{Arc, Mutex, Weak, mpsc};
use std::thread;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};

const PATIENCE: Duration = Duration::from_secs(5);

book_exercise::cases! {
    for ex_wake_once;

    fn a_message_wakes() {
        let wakes = Cell::new(0);
        let mailbox = Mailbox::new(|| wakes.set(wakes.get() + 1));
        mailbox.send("one");
        assert_eq!(wakes.get(), 1);
        assert_eq!(mailbox.take(), ["one"]);
        assert!(mailbox.take().is_empty());
    }

    fn one_wake_for_all_that_are_taken_together() {
        let wakes = Cell::new(0);
        let mailbox = Mailbox::new(|| wakes.set(wakes.get() + 1));
        for n in 0..100 {
            mailbox.send(n);
        }
        assert_eq!(wakes.get(), 1);
        assert_eq!(mailbox.take(), Vec::from_iter(0..100));
    }

    fn after_it_was_emptied_the_next_message_wakes_again() {
        let wakes = Cell::new(0);
        let mailbox = Mailbox::new(|| wakes.set(wakes.get() + 1));
        for n in 1..=3 {
            mailbox.send("one");
            mailbox.send("two");
            assert_eq!(wakes.get(), n);
            assert_eq!(mailbox.take().len(), 2);
        }
    }

    fn who_is_woken_finds_the_message_and_the_door_open() {
        let (say, hear) = mpsc::channel();
        thread::spawn(move || {
            let taken = Arc::new(Mutex::new(Vec::new()));
            let found = Arc::clone(&taken);
            let mailbox = Arc::new_cyclic(|mailbox: &Weak<_>| {
                let mailbox: Weak<Mailbox<i32, Box<dyn Fn()>>> =
                    Weak::clone(mailbox);
                let wake: Box<dyn Fn()> = Box::new(move || {
                    let mailbox = mailbox.upgrade().unwrap();
                    found.lock().unwrap().extend(mailbox.take());
                });
                Mailbox::new(wake)
            });
            mailbox.send(1);
            mailbox.send(2);
            say.send(taken.lock().unwrap().clone()).unwrap();
        });
        let taken = hear.recv_timeout(PATIENCE).expect("in time");
        assert_eq!(taken, [1, 2]);
    }

    fn four_threads_and_a_poll_lose_nothing() {
        let mut poll = Poll::new().unwrap();
        let waker = Waker::new(poll.registry(), Token(0)).unwrap();
        let mailbox = Mailbox::new(move || waker.wake().unwrap());
        let mut events = Events::with_capacity(8);
        let mut last = [0; 4];
        thread::scope(|scope| {
            for from in 0..4 {
                let mailbox = &mailbox;
                scope.spawn(move || {
                    for n in 1..=20_000 {
                        mailbox.send((from, n));
                    }
                });
            }
            loop {
                for (from, n) in mailbox.take() {
                    assert_eq!(n, last[from] + 1);
                    last[from] = n;
                }
                if last == [20_000; 4] {
                    break;
                }
                poll.poll(&mut events, Some(PATIENCE)).unwrap();
                assert!(!events.is_empty(), "asleep, and mail in the box");
            }
        });
    }
}
