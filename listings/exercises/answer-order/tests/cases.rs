//! The cases of the exercise.

book_exercise::cases! {
    for ex_answer_order;

    fn one_request_one_answer() {
        let mut order = Order::new(4);
        assert_eq!(order.begin(), Some(0));
        assert_eq!(order.take(), None);
        assert!(order.finish(0, b"a".to_vec()));
        assert_eq!(order.take(), Some(b"a".to_vec()));
        assert_eq!(order.take(), None);
    }

    fn the_first_holds_up_the_others() {
        let mut order = Order::new(4);
        for number in 0..3 {
            assert_eq!(order.begin(), Some(number));
        }
        assert!(order.finish(2, b"c".to_vec()));
        assert!(order.finish(1, b"b".to_vec()));
        assert_eq!(order.take(), None);
        assert!(order.finish(0, b"a".to_vec()));
        for answer in [b"a", b"b", b"c"] {
            assert_eq!(order.take(), Some(answer.to_vec()));
        }
        assert_eq!(order.take(), None);
    }

    fn an_empty_answer_is_an_answer() {
        let mut order = Order::new(4);
        order.begin();
        order.begin();
        assert!(order.finish(0, Vec::new()));
        assert!(order.finish(1, b"b".to_vec()));
        assert_eq!(order.take(), Some(Vec::new()));
        assert_eq!(order.take(), Some(b"b".to_vec()));
    }

    fn a_finished_answer_keeps_its_place_until_it_is_taken() {
        let mut order = Order::new(2);
        assert_eq!(order.begin(), Some(0));
        assert_eq!(order.begin(), Some(1));
        assert_eq!(order.begin(), None);
        assert!(order.finish(0, b"a".to_vec()));
        // A peer that does not read must not get us to begin more.
        assert_eq!(order.begin(), None);
        assert_eq!(order.take(), Some(b"a".to_vec()));
        assert_eq!(order.begin(), Some(2));
        assert_eq!(order.begin(), None);
    }

    fn answers_to_nothing_change_nothing() {
        let mut order = Order::new(4);
        assert!(!order.finish(0, b"early".to_vec()));
        assert!(!order.finish(u64::MAX, b"never".to_vec()));
        assert_eq!(order.begin(), Some(0));
        assert_eq!(order.take(), None);
        assert!(order.finish(0, b"a".to_vec()));
        assert!(!order.finish(0, b"again".to_vec()));
        assert_eq!(order.take(), Some(b"a".to_vec()));
        assert!(!order.finish(0, b"late".to_vec()));
        assert_eq!(order.begin(), Some(1));
        assert_eq!(order.take(), None);
    }

    fn a_bound_of_nothing_is_one() {
        let mut order = Order::new(0);
        assert_eq!(order.begin(), Some(0));
        assert_eq!(order.begin(), None);
    }

    fn numbers_go_on_for_a_long_connection() {
        let mut order = Order::new(3);
        for number in 0..100_000 {
            assert_eq!(order.begin(), Some(number));
            assert!(order.finish(number, number.to_be_bytes().to_vec()));
            let answer = order.take();
            assert_eq!(answer, Some(number.to_be_bytes().to_vec()));
        }
    }
}
