//! The cases of the exercise.

use std::time::Duration;

const S: Duration = Duration::from_secs(1);

book_exercise::cases! {
    for ex_idle_evict;

    fn the_newest_of_the_server_is_taken() {
        let mut idle = Idle::new(9, 10 * S);
        assert_eq!(idle.put("a", 1, S), None);
        assert_eq!(idle.put("b", 2, 2 * S), None);
        assert_eq!(idle.put("a", 3, 3 * S), None);
        assert_eq!(idle.take("c", 3 * S), None);
        assert_eq!(idle.take("a", 3 * S), Some(3));
        assert_eq!(idle.take("a", 3 * S), Some(1));
        assert_eq!(idle.take("a", 3 * S), None);
        assert_eq!(idle.take("b", 3 * S), Some(2));
    }

    fn names_are_not_prefixes() {
        let mut idle = Idle::new(9, 10 * S);
        idle.put("a:80", 1, S);
        assert_eq!(idle.take("a:8", S), None);
        assert_eq!(idle.take("a:8080", S), None);
        assert_eq!(idle.take("A:80", S), None);
        assert_eq!(idle.take("a:80", S), Some(1));
    }

    fn the_oldest_makes_room_whosever_it_is() {
        let mut idle = Idle::new(2, 10 * S);
        idle.put("a", 1, S);
        idle.put("b", 2, S);
        assert_eq!(idle.put("b", 3, 2 * S), Some(1));
        assert_eq!(idle.put("b", 4, 2 * S), Some(2));
        assert_eq!(idle.take("b", 2 * S), Some(4));
        assert_eq!(idle.put("c", 5, 3 * S), None);
        assert_eq!(idle.put("c", 6, 3 * S), Some(3));
    }

    fn without_room_none_is_kept() {
        let mut idle = Idle::new(0, 10 * S);
        assert_eq!(idle.put("a", 1, S), Some(1));
        assert_eq!(idle.take("a", S), None);
        assert_eq!(idle.deadline(), None);
    }

    fn one_that_is_too_old_is_not_given() {
        let mut idle = Idle::new(9, 10 * S);
        idle.put("a", 1, S);
        assert_eq!(idle.take("a", 11 * S), None);
        assert_eq!(idle.expired(11 * S), [1]);
        idle.put("a", 2, 11 * S);
        assert_eq!(idle.take("a", 21 * S - Duration::from_nanos(1)), Some(2));
    }

    fn the_expired_come_oldest_first_and_once() {
        let mut idle = Idle::new(9, 10 * S);
        for (n, server) in ["a", "b", "a", "c"].iter().enumerate() {
            idle.put(server, n, S * n as u32);
        }
        assert_eq!(idle.expired(9 * S), [0; 0]);
        assert_eq!(idle.expired(12 * S), [0, 1, 2]);
        assert_eq!(idle.expired(12 * S), [0; 0]);
        assert_eq!(idle.take("c", 12 * S), Some(3));
    }

    fn the_deadline_is_the_oldest_ones() {
        let mut idle = Idle::new(2, 10 * S);
        assert_eq!(idle.deadline(), None);
        idle.put("a", 1, S);
        idle.put("b", 2, 2 * S);
        assert_eq!(idle.deadline(), Some(11 * S));
        assert_eq!(idle.take("a", 3 * S), Some(1));
        assert_eq!(idle.deadline(), Some(12 * S));
        idle.put("b", 3, 4 * S);
        idle.put("b", 4, 5 * S);
        assert_eq!(idle.deadline(), Some(14 * S));
    }

    fn for_ever_is_long() {
        let mut idle = Idle::new(9, Duration::MAX);
        idle.put("a", 1, S);
        assert_eq!(idle.deadline(), None);
        assert_eq!(idle.expired(1_000_000 * S), [0; 0]);
        assert_eq!(idle.take("a", 1_000_000 * S), Some(1));
    }

    fn a_connection_need_not_be_copied_or_compared() {
        struct Socket;
        let mut idle = Idle::new(1, S);
        assert!(idle.put("a", Socket, S).is_none());
        assert!(idle.put("a", Socket, S).is_some());
        assert!(idle.take("a", S).is_some());
    }
}
