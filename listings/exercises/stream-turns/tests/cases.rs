//! The cases of the exercise.

use ex_stream_turns::yours::Overflow;

book_exercise::cases! {
    for ex_stream_turns;

    fn one_stream_sends_frames_until_its_window_ends() {
        let mut turns = Turns::new(16_384);
        assert_eq!(turns.turn(), None);
        turns.queue(1, 100_000);
        let sent: Vec<_> = std::iter::from_fn(|| turns.turn()).collect();
        assert_eq!(sent, [(1, 16_384), (1, 16_384), (1, 16_384), (1, 16_383)]);
    }

    fn streams_take_turns() {
        let mut turns = Turns::new(1000);
        turns.queue(1, 3000);
        turns.queue(3, 1500);
        turns.queue(5, 1);
        let sent: Vec<_> = std::iter::from_fn(|| turns.turn()).collect();
        let expected =
            [(1, 1000), (3, 1000), (5, 1), (1, 1000), (3, 500), (1, 1000)];
        assert_eq!(sent, expected);
    }

    fn a_new_stream_is_the_last_in_line() {
        let mut turns = Turns::new(10);
        turns.queue(1, 30);
        assert_eq!(turns.turn(), Some((1, 10)));
        turns.queue(3, 10);
        turns.queue(1, 10);
        let sent: Vec<_> = std::iter::from_fn(|| turns.turn()).collect();
        assert_eq!(sent, [(1, 10), (3, 10), (1, 10), (1, 10)]);
    }

    fn who_has_no_window_holds_up_nobody() {
        let mut turns = Turns::new(65_535);
        turns.window(0, 100_000).unwrap();
        turns.queue(1, 70_000);
        turns.queue(3, 10);
        assert_eq!(turns.turn(), Some((1, 65_535)));
        assert_eq!(turns.turn(), Some((3, 10)));
        assert_eq!(turns.turn(), None);
        turns.queue(3, 10);
        turns.window(1, 5).unwrap();
        // Stream 1 kept its place.
        assert_eq!(turns.turn(), Some((1, 5)));
        assert_eq!(turns.turn(), Some((3, 10)));
    }

    fn the_connection_has_a_window_too() {
        let mut turns = Turns::new(65_535);
        turns.queue(1, 65_000);
        turns.queue(3, 1000);
        assert_eq!(turns.turn(), Some((1, 65_000)));
        assert_eq!(turns.turn(), Some((3, 535)));
        assert_eq!(turns.turn(), None);
        turns.window(3, 1000).unwrap();
        assert_eq!(turns.turn(), None);
        turns.window(0, 400).unwrap();
        assert_eq!(turns.turn(), Some((3, 400)));
    }

    fn a_window_may_open_before_there_is_something_to_send() {
        let mut turns = Turns::new(1 << 20);
        turns.window(7, 10).unwrap();
        turns.window(0, 1000).unwrap();
        turns.queue(7, 1 << 40);
        assert_eq!(turns.turn(), Some((7, 65_545)));
    }

    fn a_window_has_31_bits() {
        let mut turns = Turns::new(1 << 20);
        let most = (1 << 31) - 1 - 65_535;
        for stream in [0, 1] {
            assert_eq!(turns.window(stream, most + 1), Err(Overflow));
            assert_eq!(turns.window(stream, most), Ok(()));
            assert_eq!(turns.window(stream, 1), Err(Overflow));
            assert_eq!(turns.window(stream, u32::MAX), Err(Overflow));
        }
        turns.queue(1, 1);
        assert_eq!(turns.turn(), Some((1, 1)));
    }

    fn nothing_to_send_is_no_turn() {
        let mut turns = Turns::new(10);
        turns.queue(1, 0);
        assert_eq!(turns.turn(), None);
        turns.queue(3, 5);
        turns.queue(1, 5);
        assert_eq!(turns.turn(), Some((3, 5)));
    }
}
