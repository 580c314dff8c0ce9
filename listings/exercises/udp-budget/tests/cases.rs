//! The cases of the exercise.

book_exercise::cases! {
    for ex_udp_budget;

    fn nothing_goes_to_an_address_that_sent_nothing() {
        let mut budget = Budget::default();
        assert!(!budget.may_send(1));
    }

    fn three_times_as_much_may_go_and_no_more() {
        let mut budget = Budget::default();
        budget.received(40);
        assert!(budget.may_send(100));
        assert!(budget.may_send(20));
        assert!(!budget.may_send(1));
        budget.received(1);
        assert!(budget.may_send(3));
    }

    fn a_refused_datagram_does_not_count() {
        let mut budget = Budget::default();
        budget.received(10);
        assert!(!budget.may_send(31));
        assert!(budget.may_send(30));
    }

    fn a_validated_address_has_no_limit() {
        let mut budget = Budget::default();
        budget.received(10);
        budget.validated();
        assert!(budget.may_send(1200));
        assert!(budget.may_send(1200));
    }

    fn numbers_do_not_overflow() {
        let mut budget = Budget::default();
        budget.received(usize::MAX);
        budget.received(1200);
        assert!(budget.may_send(1200));
    }
}
