//! The cases of the exercise.

/// The same numbers in every run: xorshift.
struct Dice(u32);

impl Dice {
    fn one_in(&mut self, n: u32) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0.is_multiple_of(n)
    }
}

book_exercise::cases! {
    for ex_edge_memory;

    fn nothing_is_read_before_the_first_event() {
        assert_eq!(Readiness::added().next(), Next::Wait);
    }

    fn one_event_many_reads() {
        let mut socket = Readiness::added();
        socket.event();
        for _ in 0..3 {
            assert_eq!(socket.next(), Next::Read);
            let turn = socket.begin();
            socket.finish(turn, Outcome::Bytes);
        }
        assert_eq!(socket.next(), Next::Read);
        let turn = socket.begin();
        socket.finish(turn, Outcome::WouldBlock);
        assert_eq!(socket.next(), Next::Wait);
    }

    fn resumed_it_is_read_without_another_event() {
        let mut socket = Readiness::added();
        socket.event();
        let turn = socket.begin();
        socket.finish(turn, Outcome::Bytes);
        socket.pause();
        assert_eq!(socket.next(), Next::Rest);
        socket.resume();
        assert_eq!(socket.next(), Next::Read);
    }

    fn an_event_while_paused_is_not_forgotten() {
        let mut socket = Readiness::added();
        socket.pause();
        socket.event();
        assert_eq!(socket.next(), Next::Rest);
        socket.resume();
        assert_eq!(socket.next(), Next::Read);
    }

    fn empty_and_resumed_it_waits() {
        let mut socket = Readiness::added();
        socket.event();
        let turn = socket.begin();
        socket.finish(turn, Outcome::WouldBlock);
        socket.pause();
        socket.resume();
        assert_eq!(socket.next(), Next::Wait);
    }

    fn an_event_during_the_read_outlives_would_block() {
        let mut socket = Readiness::added();
        socket.event();
        let turn = socket.begin();
        socket.event();
        socket.finish(turn, Outcome::WouldBlock);
        assert_eq!(socket.next(), Next::Read);
    }

    fn two_events_before_the_read_do_not() {
        let mut socket = Readiness::added();
        socket.event();
        socket.event();
        let turn = socket.begin();
        socket.finish(turn, Outcome::WouldBlock);
        assert_eq!(socket.next(), Next::Wait);
    }

    fn after_the_end_there_is_nothing() {
        let mut socket = Readiness::added();
        socket.event();
        let turn = socket.begin();
        socket.finish(turn, Outcome::Ended);
        assert_eq!(socket.next(), Next::Over);
        socket.event();
        socket.pause();
        socket.resume();
        assert_eq!(socket.next(), Next::Over);
    }

    fn it_never_waits_for_what_is_there_nor_asks_without_end() {
        let mut dice = Dice(2_463_534_242);
        let mut socket = Readiness::added();
        let (mut bytes, mut events, mut vain) = (0_u32, 0_u32, 0_u32);
        for _ in 0..100_000 {
            if dice.one_in(4) {
                bytes += 2;
                events += 1;
                socket.event();
            }
            if dice.one_in(8) {
                socket.pause();
            } else {
                socket.resume();
            }
            match socket.next() {
                Next::Rest => {}
                Next::Over => panic!("it has not ended"),
                Next::Wait => assert_eq!(bytes, 0, "these wait as well"),
                Next::Read => {
                    let turn = socket.begin();
                    let outcome = match bytes {
                        0 => Outcome::WouldBlock,
                        _ => Outcome::Bytes,
                    };
                    bytes = bytes.saturating_sub(1);
                    vain += u32::from(outcome == Outcome::WouldBlock);
                    // The kernel has answered, and we do not know it yet.
                    if dice.one_in(4) {
                        bytes += 2;
                        events += 1;
                        socket.event();
                    }
                    socket.finish(turn, outcome);
                }
            }
        }
        assert!(vain <= events, "{vain} reads in vain, {events} events");
    }
}
