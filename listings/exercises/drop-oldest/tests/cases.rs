//! The cases of the exercise.

book_exercise::cases! {
    for ex_drop_oldest;

    fn what_has_room_stays_in_order() {
        let mut queue = Latest::new(8);
        for message in ["one\n", "two\n"] {
            queue.push(message.as_bytes());
        }
        assert_eq!(queue.waiting(), b"one\ntwo\n");
        assert_eq!(queue.left_out(), 0);
    }

    fn the_oldest_makes_way() {
        let mut queue = Latest::new(8);
        for message in ["one\n", "two\n", "six\n"] {
            queue.push(message.as_bytes());
        }
        assert_eq!(queue.waiting(), b"two\nsix\n");
        assert_eq!(queue.left_out(), 1);
    }

    fn as_many_make_way_as_it_takes_and_no_more() {
        let mut queue = Latest::new(12);
        for message in ["one\n", "two\n", "six\n", "eleven\n"] {
            queue.push(message.as_bytes());
        }
        assert_eq!(queue.waiting(), b"six\neleven\n");
        assert_eq!(queue.left_out(), 2);
    }

    fn a_message_that_was_begun_is_ended() {
        let mut queue = Latest::new(8);
        queue.push(b"one\n");
        queue.push(b"two\n");
        queue.written(1);
        queue.push(b"six\n");
        assert_eq!(queue.waiting(), b"ne\nsix\n");
        queue.written(3);
        // Nothing of this one was written: it may go.
        queue.push(b"seventy\n");
        assert_eq!(queue.waiting(), b"seventy\n");
        assert_eq!(queue.left_out(), 2);
    }

    fn a_write_may_end_one_message_and_begin_the_next() {
        let mut queue = Latest::new(12);
        queue.push(b"one\n");
        queue.push(b"two\n");
        queue.written(5);
        queue.push(b"eight\n");
        queue.push(b"ten\n");
        assert_eq!(queue.waiting(), b"wo\nten\n");
        assert_eq!(queue.left_out(), 1);
    }

    fn one_that_can_never_have_room_drives_nobody_out() {
        let mut queue = Latest::new(8);
        queue.push(b"one\n");
        queue.push(b"far too long\n");
        assert_eq!(queue.waiting(), b"one\n");
        assert_eq!(queue.left_out(), 1);
    }

    fn nor_does_one_that_has_no_room_beside_what_was_begun() {
        let mut queue = Latest::new(8);
        queue.push(b"one\n");
        queue.push(b"two\n");
        queue.written(1);
        // It would fit into an empty queue.
        queue.push(b"seven\n");
        assert_eq!(queue.waiting(), b"ne\ntwo\n");
        assert_eq!(queue.left_out(), 1);
    }
}
