//! The cases of the exercise.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

fn client(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

book_exercise::cases! {
    for ex_dedup;

    fn a_repeated_request_is_executed_once_and_answered_twice() {
        let mut once = Once::new(1000 * MS, 8);
        let mut paid = 0;
        for ms in [0, 200] {
            let answer = once.answer(client(1), 7, ms * MS, || {
                paid += 10;
                format!("paid {paid}").into_bytes()
            });
            assert_eq!(answer.unwrap(), b"paid 10");
        }
        assert_eq!(paid, 10);
    }

    fn another_id_and_another_client_are_other_requests() {
        let mut once = Once::new(1000 * MS, 8);
        let mut executed = 0;
        for (port, id) in [(1, 7), (1, 8), (2, 7)] {
            once.answer(client(port), id, Duration::ZERO, || {
                executed += 1;
                Vec::new()
            });
        }
        assert_eq!(executed, 3);
        assert_eq!(once.remembered(), 3);
    }

    fn after_the_window_it_is_forgotten() {
        let mut once = Once::new(1000 * MS, 8);
        let mut executed = 0;
        // A repeat inside the window does not open it further.
        for ms in [0, 999, 1000] {
            once.answer(client(1), 7, ms * MS, || {
                executed += 1;
                Vec::new()
            });
        }
        assert_eq!(executed, 2);
    }

    fn a_full_memory_executes_nothing_new() {
        let mut once = Once::new(1000 * MS, 2);
        once.answer(client(1), 1, Duration::ZERO, || b"one".to_vec());
        once.answer(client(1), 2, 500 * MS, || b"two".to_vec());
        let refused = once.answer(client(1), 3, 600 * MS, || {
            panic!("there is no room to remember this answer")
        });
        assert_eq!(refused, None);
        // What is remembered still has its answer.
        let again = once.answer(client(1), 1, 700 * MS, || {
            panic!("this was executed already")
        });
        assert_eq!(again.unwrap(), b"one");
        // The first is forgotten: there is room.
        let third = once.answer(client(1), 3, 1000 * MS, || b"three".to_vec());
        assert_eq!(third.unwrap(), b"three");
    }

    fn a_flood_of_clients_does_not_grow_the_memory() {
        let mut once = Once::new(1000 * MS, 100);
        let mut executed = 0;
        for port in 1..10_000 {
            once.answer(client(port), 1, u32::from(port) * MS, || {
                executed += 1;
                Vec::new()
            });
            assert!(once.remembered() <= 100);
        }
        // A hundred in each of ten windows.
        assert_eq!(executed, 1000);
    }
}
