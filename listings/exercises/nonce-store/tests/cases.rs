//! The cases of the exercise.

use std::cell::RefCell;
use std::rc::Rc;

use ex_nonce_store::yours::Error;
use ex_nonce_store::yours::Store;

#[derive(Default)]
struct Disk {
    number: u64,
    saves: usize,
    broken: bool,
}

/// A disk that outlives the process.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Disk>>);

impl Shared {
    fn at(number: u64) -> Self {
        let shared = Shared::default();
        shared.0.borrow_mut().number = number;
        shared
    }
}

impl Store for Shared {
    fn load(&self) -> u64 {
        self.0.borrow().number
    }

    fn save(&mut self, number: u64) -> bool {
        let mut disk = self.0.borrow_mut();
        disk.saves += 1;
        if disk.broken {
            return false;
        }
        disk.number = number;
        true
    }
}

book_exercise::cases! {
    for ex_nonce_store;

    fn they_count_from_zero() {
        let mut nonces = Nonces::new(Shared::default(), 10);
        for n in 0..35 {
            assert_eq!(nonces.take(), Ok(n));
        }
    }

    fn one_call_in_a_batch_saves() {
        let disk = Shared::default();
        let mut nonces = Nonces::new(disk.clone(), 10);
        for _ in 0..30 {
            nonces.take().unwrap();
        }
        assert_eq!(disk.0.borrow().saves, 3);
    }

    fn none_comes_twice_wherever_the_process_dies() {
        for batch in [1, 3, 10] {
            let disk = Shared::default();
            let mut seen = std::collections::HashSet::new();
            for life in 0..25 {
                let mut nonces = Nonces::new(disk.clone(), batch);
                for _ in 0..life {
                    assert!(seen.insert(nonces.take().unwrap()));
                }
            }
        }
    }

    fn a_disk_that_fails_stops_it_until_it_works_again() {
        let disk = Shared::default();
        let mut nonces = Nonces::new(disk.clone(), 2);
        disk.0.borrow_mut().broken = true;
        assert_eq!(nonces.take(), Err(Error::Store));
        disk.0.borrow_mut().broken = false;
        assert_eq!(nonces.take(), Ok(0));
        disk.0.borrow_mut().broken = true;
        assert_eq!(nonces.take(), Ok(1), "it was reserved");
        assert_eq!(nonces.take(), Err(Error::Store));
        assert_eq!(nonces.take(), Err(Error::Store));
    }

    fn it_never_begins_anew() {
        let disk = Shared::at(u64::MAX - 3);
        let mut nonces = Nonces::new(disk.clone(), 10);
        for left in [3, 2, 1] {
            assert_eq!(nonces.take(), Ok(u64::MAX - left));
        }
        for _ in 0..3 {
            assert_eq!(nonces.take(), Err(Error::Exhausted));
        }
        let mut nonces = Nonces::new(disk, 10);
        assert_eq!(nonces.take(), Err(Error::Exhausted));
    }
}
