//! The cases of the exercise.

use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

book_exercise::cases! {
    for ex_correlate;

    fn answers_find_who_asked_in_any_order() {
        let mut outstanding = Outstanding::new(8, 1000 * MS);
        for (id, who) in ["ftp", "mail", "www"].into_iter().enumerate() {
            let sent = outstanding.send(who, Duration::ZERO);
            assert_eq!(sent.map(usize::from), Some(id));
        }
        assert_eq!(outstanding.answer(2, MS), Some("www"));
        assert_eq!(outstanding.answer(0, MS), Some("ftp"));
        assert_eq!(outstanding.answer(1, MS), Some("mail"));
        assert_eq!(outstanding.len(), 0);
    }

    fn an_answer_to_nothing_we_asked_is_nobodys() {
        let mut outstanding = Outstanding::new(8, 1000 * MS);
        assert_eq!(outstanding.answer(0, MS), None);
        outstanding.send("www", MS);
        assert_eq!(outstanding.answer(1, MS), None);
        assert_eq!(outstanding.answer(0, MS), Some("www"));
    }

    fn the_second_answer_is_nobodys() {
        let mut outstanding = Outstanding::new(8, 1000 * MS);
        outstanding.send("www", MS);
        assert_eq!(outstanding.answer(0, 2 * MS), Some("www"));
        assert_eq!(outstanding.answer(0, 2 * MS), None);
    }

    fn who_waits_too_long_is_told_and_gets_no_answer() {
        let mut outstanding = Outstanding::new(8, 1000 * MS);
        outstanding.send("ftp", Duration::ZERO);
        outstanding.send("mail", 100 * MS);
        outstanding.send("www", 500 * MS);
        assert_eq!(outstanding.expired(999 * MS), [""; 0]);
        assert_eq!(outstanding.answer(0, 1000 * MS), None);
        assert_eq!(outstanding.answer(1, 1000 * MS), Some("mail"));
        assert_eq!(outstanding.expired(1500 * MS), ["ftp", "www"]);
        assert_eq!(outstanding.expired(1500 * MS), [""; 0]);
        assert!(outstanding.is_empty());
    }

    fn a_late_answer_is_not_taken_for_that_of_the_next_request() {
        let mut outstanding = Outstanding::new(8, 1000 * MS);
        let late = outstanding.send("ftp", Duration::ZERO).unwrap();
        outstanding.expired(1000 * MS);
        let next = outstanding.send("www", 1000 * MS).unwrap();
        assert_ne!(late, next);
        assert_eq!(outstanding.answer(late, 1001 * MS), None);
        assert_eq!(outstanding.answer(next, 1002 * MS), Some("www"));
    }

    fn only_so_many_wait() {
        let mut outstanding = Outstanding::new(2, 1000 * MS);
        assert_eq!(outstanding.send("ftp", MS), Some(0));
        assert_eq!(outstanding.send("mail", MS), Some(1));
        assert_eq!(outstanding.send("www", MS), None);
        assert_eq!(outstanding.len(), 2);
        assert_eq!(outstanding.answer(0, MS), Some("ftp"));
        assert_eq!(outstanding.send("www", MS), Some(2));
    }

    fn who_gave_up_takes_room_until_told() {
        let mut outstanding = Outstanding::new(1, 1000 * MS);
        assert_eq!(outstanding.send("ftp", MS), Some(0));
        assert_eq!(outstanding.send("mail", 2000 * MS), None);
        assert_eq!(outstanding.len(), 1);
        assert_eq!(outstanding.expired(2000 * MS), ["ftp"]);
        assert_eq!(outstanding.send("mail", 2000 * MS), Some(1));
    }

    fn the_oldest_come_first_also_when_the_ids_begin_again() {
        let mut outstanding = Outstanding::new(8, 1000 * MS);
        for n in 0..65_534 {
            assert_eq!(outstanding.send(n, MS), Some(n));
            assert_eq!(outstanding.answer(n, MS), Some(n));
        }
        for (who, id) in [(1, 65_534), (2, 65_535), (3, 0), (4, 1), (5, 2)] {
            assert_eq!(outstanding.send(who, 2 * MS), Some(id));
        }
        assert_eq!(outstanding.answer(0, 3 * MS), Some(3));
        assert_eq!(outstanding.expired(1002 * MS), [1, 2, 4, 5]);
    }

    fn an_id_that_still_waits_is_not_given_out_again() {
        let mut outstanding = Outstanding::new(8, 1000 * MS);
        let patient = outstanding.send(0, MS).unwrap();
        for n in 1..200_000 {
            let id = outstanding.send(n, MS).unwrap();
            assert_ne!(id, patient);
            assert_eq!(outstanding.answer(id, MS), Some(n));
        }
        assert_eq!(outstanding.answer(patient, MS), Some(0));
    }

    fn all_ids_can_wait_and_no_more() {
        let mut outstanding = Outstanding::new(1_000_000, 1000 * MS);
        for n in 0..=u16::MAX {
            assert_eq!(outstanding.send(n, MS), Some(n));
        }
        assert_eq!(outstanding.send(0, MS), None);
        assert_eq!(outstanding.answer(77, 2 * MS), Some(77));
        assert_eq!(outstanding.send(7, 3 * MS), Some(77));
        assert_eq!(outstanding.expired(1001 * MS).len(), 65_535);
        assert_eq!(outstanding.expired(1003 * MS), [7]);
    }
}
