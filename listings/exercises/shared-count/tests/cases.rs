//! The cases of the exercise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

book_exercise::cases! {
    for ex_shared_count;

    fn clients_are_numbered_from_one() {
        let attendance = Attendance::default();
        let numbers = [(); 3].map(|()| attendance.enter().number);
        assert_eq!(numbers, [1, 2, 3]);
    }

    fn who_has_left_is_not_present() {
        let attendance = Attendance::default();
        let first = attendance.enter();
        let second = attendance.enter();
        assert_eq!(attendance.present(), 2);
        drop(first);
        assert_eq!(attendance.present(), 1);
        drop(second);
        assert_eq!(attendance.present(), 0);
    }

    fn the_most_at_once_is_remembered() {
        let attendance = Attendance::default();
        for clients in [1, 3, 2] {
            let visits: Vec<_> =
                (0..clients).map(|_| attendance.enter()).collect();
            assert_eq!(attendance.present(), visits.len() as u64);
        }
        assert_eq!(attendance.most(), 3);
    }

    fn a_panic_is_a_way_out_too() {
        let attendance = Attendance::default();
        let served = catch_unwind(AssertUnwindSafe(|| {
            let _visit = attendance.enter();
            panic!("the client sent something strange");
        }));
        assert!(served.is_err());
        assert_eq!(attendance.present(), 0);
        assert_eq!(attendance.enter().number, 2);
    }

    fn threads_that_come_at_once_lose_nobody() {
        const THREADS: u64 = 8;
        // So many that the threads get in one another's way for sure: on two
        // cores at once, and on one whenever a thread's turn is over.
        const VISITS: u64 = 40_000;
        let attendance = Attendance::default();
        let together = Barrier::new(THREADS as usize);
        let mut numbers: Vec<u64> = thread::scope(|scope| {
            let started: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(|| {
                        let visit = attendance.enter();
                        together.wait();
                        let first = visit.number;
                        drop(visit);
                        let rest = (1..VISITS)
                            .map(|_| attendance.enter().number);
                        [first].into_iter().chain(rest).collect::<Vec<_>>()
                    })
                })
                .collect();
            let joined = started.into_iter().map(|thread| thread.join());
            joined.flat_map(|numbers| numbers.unwrap()).collect()
        });
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=THREADS * VISITS));
        assert_eq!(attendance.present(), 0);
        assert_eq!(attendance.most(), THREADS);
    }
}
