//! The cases of the exercise.

use std::time::Duration;

use ch02_concepts::link::{Cable, Config};

const MS: Duration = Duration::from_millis(1);
const TIMEOUT: Duration = Duration::from_millis(100);

/// Carries `packets` packets over a cable: how many were sent, and how long
/// it took.
macro_rules! transfer {
    ($packets:expr, $window:expr, $config:expr) => {{
        let config: Config = $config;
        let mut cable = Cable::new(config.clone(), config, 7).unwrap();
        let mut sender = Sender::new($packets, $window, TIMEOUT);
        let mut expected = 0u32;
        let mut now = Duration::ZERO;
        while !sender.is_done() {
            while let Some(number) = sender.next_to_send(now) {
                cable.there.send(now, &number.to_be_bytes()).unwrap();
                assert!(cable.there.counters().sent < 10_000, "it ends");
            }
            let at = [cable.next_arrival(), sender.deadline()];
            now = at.into_iter().flatten().min().expect("it waits");
            while let Some(delivery) = cable.there.poll(now) {
                let number: [u8; 4] = delivery.packet.try_into().unwrap();
                expected += u32::from(u32::from_be_bytes(number) == expected);
                cable.back.send(now, &expected.to_be_bytes()).unwrap();
            }
            while let Some(delivery) = cable.back.poll(now) {
                let next: [u8; 4] = delivery.packet.try_into().unwrap();
                sender.acknowledged(u32::from_be_bytes(next));
            }
        }
        assert_eq!(expected, $packets, "done, so the receiver has all");
        (cable.there.counters().sent, now)
    }};
}

fn good() -> Config {
    Config {
        delay: 20 * MS,
        ..Config::default()
    }
}

book_exercise::cases! {
    for ex_go_back_n;

    fn a_window_of_one_is_stop_and_wait() {
        assert_eq!(transfer!(10, 1, good()), (10, 400 * MS));
    }

    fn a_window_of_ten_needs_one_round_trip() {
        assert_eq!(transfer!(10, 10, good()), (10, 40 * MS));
    }

    fn a_window_may_exceed_all_there_is() {
        assert_eq!(transfer!(10, u32::MAX, good()), (10, 40 * MS));
    }

    fn nothing_to_send_is_done() {
        let mut sender = Sender::new(0, 3, TIMEOUT);
        assert!(sender.is_done());
        assert_eq!(sender.next_to_send(Duration::ZERO), None);
        assert_eq!(sender.deadline(), None);
    }

    fn no_more_than_the_window_is_on_its_way() {
        let mut sender = Sender::new(10, 3, TIMEOUT);
        let mut now = Duration::ZERO;
        let mut burst = |sender: &mut Sender| -> Vec<u32> {
            now += MS;
            std::iter::from_fn(|| sender.next_to_send(now)).collect()
        };
        assert_eq!(burst(&mut sender), [0, 1, 2]);
        assert!(burst(&mut sender).is_empty());
        sender.acknowledged(2);
        assert_eq!(burst(&mut sender), [3, 4]);
    }

    fn when_the_oldest_times_out_all_are_sent_again() {
        let mut sender = Sender::new(10, 3, TIMEOUT);
        for n in 0..3 {
            assert_eq!(sender.next_to_send(n * MS), Some(n));
        }
        assert_eq!(sender.deadline(), Some(TIMEOUT));
        assert_eq!(sender.next_to_send(TIMEOUT - MS), None);
        for n in 0..3 {
            assert_eq!(sender.next_to_send(TIMEOUT), Some(n));
        }
        assert_eq!(sender.next_to_send(TIMEOUT), None);
        assert_eq!(sender.deadline(), Some(2 * TIMEOUT));
    }

    fn an_acknowledgment_gives_the_next_packet_its_own_deadline() {
        let mut sender = Sender::new(10, 2, TIMEOUT);
        sender.next_to_send(Duration::ZERO);
        sender.next_to_send(30 * MS);
        sender.acknowledged(1);
        assert_eq!(sender.deadline(), Some(30 * MS + TIMEOUT));
    }

    fn an_acknowledgment_may_come_after_going_back() {
        let mut sender = Sender::new(10, 3, TIMEOUT);
        for n in 0..3 {
            sender.next_to_send(n * MS);
        }
        assert_eq!(sender.next_to_send(TIMEOUT), Some(0));
        // All three had arrived; the acknowledgments were slow.
        sender.acknowledged(3);
        assert_eq!(sender.next_to_send(TIMEOUT), Some(3));
    }

    fn strange_acknowledgments_change_nothing() {
        let mut sender = Sender::new(10, 3, TIMEOUT);
        for n in 0..3 {
            sender.next_to_send(n * MS);
        }
        sender.acknowledged(2);
        for strange in [0, 1, 2, 4, 10, 11, u32::MAX] {
            sender.acknowledged(strange);
        }
        assert_eq!(sender.next_to_send(3 * MS), Some(3));
        assert!(!sender.is_done());
    }

    fn nothing_on_its_way_has_no_deadline() {
        let mut sender = Sender::new(1, 3, TIMEOUT);
        assert_eq!(sender.deadline(), None);
        sender.next_to_send(Duration::ZERO);
        sender.acknowledged(1);
        assert!(sender.is_done());
        assert_eq!(sender.deadline(), None);
        assert_eq!(sender.next_to_send(Duration::ZERO), None);
    }

    fn the_bad_network_is_survived() {
        // Without damage: that is the checksum's affair.
        let bad = Config { corrupt: 0.0, ..Config::bad() };
        transfer!(200, 1, bad.clone());
        transfer!(200, 8, bad);
    }
}
