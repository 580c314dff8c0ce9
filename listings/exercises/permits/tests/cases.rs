//! The cases of the exercise.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

book_exercise::cases! {
    for ex_permits;

    fn there_are_so_many_and_no_more() {
        let permits = Permits::new(2);
        let _first = permits.try_take().unwrap();
        let _second = permits.try_take().unwrap();
        assert!(permits.try_take().is_none());
    }

    fn a_permit_that_is_dropped_comes_back() {
        let permits = Permits::new(1);
        drop(permits.try_take().unwrap());
        let _again = permits.try_take().unwrap();
        assert!(permits.try_take().is_none(), "and comes back once");
    }

    fn clones_count_together() {
        let permits = Permits::new(1);
        let _taken = permits.clone().try_take().unwrap();
        assert!(permits.try_take().is_none());
    }

    fn a_permit_comes_back_from_a_panic() {
        let permits = Permits::new(1);
        let permit = permits.try_take().unwrap();
        let handler = thread::spawn(move || {
            let _permit = permit;
            panic!("on purpose");
        });
        assert!(handler.join().is_err());
        assert!(permits.try_take().is_some());
    }

    fn who_waits_gets_the_permit_that_comes_back() {
        let permits = Permits::new(1);
        let first = permits.take();
        let (got, next) = mpsc::channel();
        thread::spawn({
            let permits = permits.clone();
            move || got.send(permits.take())
        });
        let early = next.recv_timeout(Duration::from_millis(50));
        assert!(early.is_err(), "there was no permit left");
        drop(first);
        let second = next.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(permits.try_take().is_none());
        drop(second);
    }
}
