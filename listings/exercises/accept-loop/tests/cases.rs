//! The cases of the exercise.

use std::io;
use std::time::Duration;

use rustix::io::Errno;

/// What `accept` returns, in order; then it fails with `EBADF`.
fn script(results: Vec<Result<u32, Errno>>) -> impl FnMut() -> io::Result<u32> {
    let mut results = results.into_iter();
    move || {
        let next = results.next().unwrap_or(Err(Errno::BADF));
        next.map_err(io::Error::from)
    }
}

fn ms(waits: &[Duration]) -> Vec<u128> {
    waits.iter().map(Duration::as_millis).collect()
}

book_exercise::cases! {
    for ex_accept_loop;

    fn it_serves_until_the_listener_is_of_no_use() {
        let mut served = Vec::new();
        let accept = script(vec![Ok(1), Ok(2)]);
        let error = accept_loop(accept, |c| served.push(c), |_| {});
        assert_eq!(served, [1, 2]);
        assert_eq!(Errno::from_io_error(&error), Some(Errno::BADF));
    }

    fn a_connection_that_died_in_the_queue_costs_no_time() {
        let (mut served, mut waits) = (Vec::new(), Vec::new());
        let dead = [Errno::CONNABORTED, Errno::HOSTUNREACH, Errno::INTR];
        let mut results: Vec<_> = dead.map(Err).into();
        results.push(Ok(1));
        let accept = script(results);
        accept_loop(accept, |c| served.push(c), |wait| waits.push(wait));
        assert_eq!(served, [1]);
        assert!(waits.is_empty(), "{waits:?}");
    }

    fn out_of_descriptors_waits_longer_each_time() {
        let (mut served, mut waits) = (Vec::new(), Vec::new());
        let accept = script(vec![
            Err(Errno::MFILE),
            Err(Errno::NFILE),
            Err(Errno::NOMEM),
            Ok(1),
        ]);
        accept_loop(accept, |c| served.push(c), |wait| waits.push(wait));
        assert_eq!(served, [1]);
        assert_eq!(ms(&waits), [10, 20, 40]);
    }

    fn it_never_waits_for_more_than_a_second() {
        let mut waits = Vec::new();
        let accept = script(vec![Err(Errno::MFILE); 9]);
        accept_loop(accept, |_| {}, |wait| waits.push(wait));
        assert_eq!(
            ms(&waits),
            [10, 20, 40, 80, 160, 320, 640, 1000, 1000]
        );
    }

    fn success_makes_the_next_wait_short() {
        let mut waits = Vec::new();
        let accept = script(vec![
            Err(Errno::MFILE),
            Err(Errno::MFILE),
            Ok(1),
            Err(Errno::MFILE),
        ]);
        accept_loop(accept, |_| {}, |wait| waits.push(wait));
        assert_eq!(ms(&waits), [10, 20, 10]);
    }

    fn an_error_nobody_listed_neither_spins_nor_ends() {
        let (mut served, mut waits) = (Vec::new(), Vec::new());
        let accept = script(vec![Err(Errno::XDEV), Ok(1)]);
        accept_loop(accept, |c| served.push(c), |wait| waits.push(wait));
        assert_eq!(served, [1]);
        assert_eq!(ms(&waits), [10]);
    }
}
