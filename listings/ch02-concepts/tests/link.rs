//! The link does what its configuration says, no more and no less.

use std::time::Duration;

use ch02_concepts::link::{
    Burst, Cable, Config, ConfigError, Delivery, Fate, Link, MAX_DELAY,
    MAX_MTU, Sent, SplitMix64, TooLong,
};
use proptest::prelude::*;

const MS: Duration = Duration::from_millis(1);
const US: Duration = Duration::from_micros(1);

fn link(config: Config) -> Link {
    Link::new(config, 1).expect("the configuration makes sense")
}

/// Sends `n` packets of two bytes, one each millisecond.
fn send_numbered(link: &mut Link, n: u16) -> Vec<Sent> {
    (0..n)
        .map(|i| {
            link.send(u32::from(i) * MS, &i.to_be_bytes())
                .expect("two bytes fit")
        })
        .collect()
}

/// What arrives until nothing is under way any more.
fn drain(link: &mut Link) -> Vec<Delivery> {
    std::iter::from_fn(|| link.poll(link.next_arrival()?)).collect()
}

fn numbers(deliveries: &[Delivery]) -> Vec<u64> {
    deliveries.iter().map(|delivery| delivery.number).collect()
}

fn bad() -> Config {
    Config {
        delay: 20 * MS,
        jitter: 5 * MS,
        loss: 0.1,
        burst: Some(Burst {
            begin: 0.02,
            end: 0.25,
            loss: 0.75,
        }),
        duplicate: 0.1,
        corrupt: 0.1,
        reorder: 0.1,
        rate: Some(1_000_000),
        queue: 8,
        ..Config::default()
    }
}

// --- One thing at a time ---------------------------------------------------

#[test]
fn a_perfect_link_delivers_at_once_whole_and_in_order() {
    let mut link = link(Config::default());
    for packet in [&b"one"[..], b"", b"three"] {
        link.send(3 * MS, packet).unwrap();
    }
    for packet in [&b"one"[..], b"", b"three"] {
        let delivery = link.poll(3 * MS).unwrap();
        assert_eq!((delivery.at, &delivery.packet[..]), (3 * MS, packet));
    }
    assert_eq!(link.poll(3 * MS), None);
    assert_eq!(link.next_arrival(), None);
}

#[test]
fn nothing_arrives_before_the_delay_is_over() {
    let mut link = link(Config {
        delay: 20 * MS,
        ..Config::default()
    });
    link.send(5 * MS, b"late").unwrap();
    assert_eq!(link.next_arrival(), Some(25 * MS));
    assert_eq!(link.poll(25 * MS - Duration::from_nanos(1)), None);
    assert_eq!(link.in_flight(), 1);
    // A driver that wakes late still learns when it was.
    assert_eq!(link.poll(99 * MS).unwrap().at, 25 * MS);
}

#[test]
fn jitter_delays_within_its_bounds_and_keeps_the_order() {
    let mut link = link(Config {
        delay: 20 * MS,
        jitter: 30 * MS,
        ..Config::default()
    });
    let sent = send_numbered(&mut link, 1000);
    let arrived = drain(&mut link);
    assert_eq!(numbers(&arrived), (0..1000).collect::<Vec<_>>());
    let delays: Vec<_> = arrived
        .iter()
        .map(|d| d.at - sent[d.number as usize].at)
        .collect();
    let (least, most) = (delays.iter().min(), delays.iter().max());
    assert!(least.unwrap() >= &(20 * MS), "{least:?}");
    assert!(most.unwrap() <= &(50 * MS), "{most:?}");
    assert!(*most.unwrap() - *least.unwrap() > 5 * MS, "it does jitter");
}

#[test]
fn jitter_alone_covers_the_whole_range_evenly() {
    // Far apart, so that no packet waits for the one ahead.
    let mut link = link(Config {
        jitter: 10 * MS,
        ..Config::default()
    });
    let mut sum = Duration::ZERO;
    let mut tenths = [0; 10];
    for i in 0..10_000 {
        let now = i * 100 * MS;
        link.send(now, b"x").unwrap();
        let jitter = link.poll(now + 10 * MS).unwrap().at - now;
        sum += jitter;
        tenths[(jitter.as_nanos() / 1_000_001) as usize] += 1;
    }
    let mean = sum / 10_000;
    assert!(mean > 4900 * US && mean < 5100 * US, "{mean:?}");
    assert!(tenths.iter().all(|n| (900..1100).contains(n)), "{tenths:?}");
}

#[test]
fn a_packet_held_back_is_passed_by_others_and_they_keep_their_order() {
    let mut link = link(Config {
        reorder: 0.1,
        reorder_by: 5 * MS,
        ..Config::default()
    });
    let sent = send_numbered(&mut link, 1000);
    let arrived = drain(&mut link);
    let late = |number: u64| match sent[number as usize].fate {
        Fate::Arrives { first, .. } => first.late,
        _ => false,
    };
    for delivery in &arrived {
        let held = if late(delivery.number) { 5 } else { 0 };
        let sent_at = sent[delivery.number as usize].at;
        assert_eq!(delivery.at, sent_at + held * MS);
    }
    let in_time: Vec<_> = numbers(&arrived)
        .into_iter()
        .filter(|n| !late(*n))
        .collect();
    assert!(in_time.is_sorted());
    assert!(!numbers(&arrived).is_sorted());
    assert_eq!(link.counters().late as usize, 1000 - in_time.len());
}

#[test]
fn a_duplicate_has_the_same_number_and_the_same_bytes() {
    let mut link = link(Config {
        duplicate: 1.0,
        ..Config::default()
    });
    link.send(MS, b"twice").unwrap();
    let arrived = drain(&mut link);
    assert_eq!(numbers(&arrived), [0, 0]);
    assert!(arrived.iter().all(|d| d.packet == b"twice"));
}

#[test]
fn damage_is_the_one_bit_that_the_record_names() {
    let mut link = link(Config {
        corrupt: 1.0,
        ..Config::default()
    });
    let mut seen = [false; 24];
    for _ in 0..500 {
        let sent = link.send(MS, &[0; 3]).unwrap();
        let Fate::Arrives { first, .. } = sent.fate else {
            panic!("nothing is lost here: {sent:?}");
        };
        let bit = first.flipped.unwrap();
        let mut expected = [0; 3];
        expected[bit / 8] = 0x80 >> (bit % 8);
        assert_eq!(link.poll(MS).unwrap().packet, expected);
        seen[bit] = true;
    }
    assert_eq!(seen, [true; 24], "every bit has its turn");
}

#[test]
fn an_empty_packet_has_no_bit_to_flip() {
    let mut link = link(Config {
        corrupt: 1.0,
        ..Config::default()
    });
    link.send(MS, b"").unwrap();
    assert_eq!(link.poll(MS).unwrap().packet, b"");
    assert_eq!(link.counters().corrupted, 0);
}

#[test]
fn a_packet_as_long_as_the_mtu_passes_and_one_byte_more_is_refused() {
    let mut link = link(Config::default());
    assert!(link.send(MS, &[0; 1500]).is_ok());
    let refused = link.send(MS, &[0; 1501]).unwrap_err();
    assert_eq!(
        refused,
        TooLong {
            len: 1501,
            mtu: 1500
        }
    );
    assert_eq!(
        refused.to_string(),
        "a packet of 1501 bytes, the MTU is 1500"
    );
    assert_eq!(link.counters().sent, 1);
    assert_eq!(link.counters().refused, 1);
}

// --- Rate and queue --------------------------------------------------------

#[test]
fn bytes_leave_at_the_rate() {
    // 1 Mbit/s: 1,250 bytes take 10 ms.
    let mut link = link(Config {
        delay: 20 * MS,
        rate: Some(1_000_000),
        ..Config::default()
    });
    for _ in 0..3 {
        link.send(Duration::ZERO, &[0; 1250]).unwrap();
    }
    assert_eq!(link.wait(Duration::ZERO), 30 * MS);
    assert_eq!(link.wait(29 * MS), MS);
    assert_eq!(link.wait(31 * MS), Duration::ZERO);
    let at: Vec<_> = drain(&mut link).iter().map(|d| d.at).collect();
    assert_eq!(at, [30 * MS, 40 * MS, 50 * MS]);
    // Idle again: the next one does not wait.
    link.send(100 * MS, &[0; 125]).unwrap();
    assert_eq!(link.next_arrival(), Some(121 * MS));
}

#[test]
fn a_transmission_is_never_rounded_down() {
    let mut link = link(Config {
        rate: Some(3),
        ..Config::default()
    });
    link.send(Duration::ZERO, &[0]).unwrap();
    let expected = Duration::new(2, 666_666_667);
    assert_eq!(link.next_arrival(), Some(expected));
}

#[test]
fn the_queue_drops_what_comes_when_it_is_full() {
    let mut link = link(Config {
        rate: Some(1_000_000),
        queue: 2,
        ..Config::default()
    });
    // One is transmitted, two wait, the rest has no place.
    for n in 0..5 {
        let sent = link.send(Duration::ZERO, &[0; 1250]).unwrap();
        assert_eq!(sent.fate == Fate::QueueFull, n > 2, "{n}");
    }
    assert_eq!(link.queued(Duration::ZERO), 2);
    assert_eq!(link.queued(10 * MS), 1);
    let sent = link.send(10 * MS, &[0; 1250]).unwrap();
    assert_ne!(sent.fate, Fate::QueueFull, "there is room again");
    assert_eq!(link.queued(10 * MS), 2);
    assert_eq!(link.queued(40 * MS), 0);
}

#[test]
fn without_a_queue_a_busy_transmitter_drops_all() {
    let mut link = link(Config {
        rate: Some(1_000_000),
        queue: 0,
        ..Config::default()
    });
    for (ms, dropped) in [(0, false), (9, true), (10, false), (19, true)] {
        let sent = link.send(ms * MS, &[0; 1250]).unwrap();
        assert_eq!(sent.fate == Fate::QueueFull, dropped, "at {ms} ms");
    }
}

#[test]
fn a_lost_packet_takes_its_time_on_the_wire() {
    let mut link = link(Config {
        loss: 1.0,
        rate: Some(1_000_000),
        ..Config::default()
    });
    let sent = link.send(Duration::ZERO, &[0; 1250]).unwrap();
    let transmitted = 10 * MS;
    assert_eq!(sent.fate, Fate::Lost { transmitted });
    assert_eq!(link.wait(Duration::ZERO), 10 * MS);
}

#[test]
fn memory_is_bounded_even_if_nobody_polls() {
    let mut link = link(Config {
        duplicate: 0.5,
        capacity: 10,
        ..Config::default()
    });
    for _ in 0..1000 {
        link.send(MS, b"x").unwrap();
    }
    assert!((9..=10).contains(&link.in_flight()));
    assert!(link.counters().overflow > 900);
}

#[test]
fn what_will_be_lost_takes_its_place_while_it_waits() {
    // It never arrives, and is held in the queue all the same.
    let mut link = link(Config {
        loss: 1.0,
        rate: Some(1),
        queue: usize::MAX,
        capacity: 10,
        ..Config::default()
    });
    for _ in 0..1000 {
        link.send(MS, b"x").unwrap();
    }
    assert_eq!(link.queued(MS), 10);
    assert_eq!(link.counters().overflow, 989);
}

// --- Time ------------------------------------------------------------------

#[test]
fn time_that_goes_back_counts_as_no_time() {
    let mut link = link(Config {
        delay: 5 * MS,
        ..Config::default()
    });
    link.send(100 * MS, b"first").unwrap();
    let sent = link.send(Duration::ZERO, b"second").unwrap();
    assert_eq!(sent.at, 100 * MS);
    assert_eq!(numbers(&drain(&mut link)), [0, 1]);
    // Now the clock is at 105 ms, for poll as well.
    link.send(Duration::ZERO, b"third").unwrap();
    assert_eq!(link.next_arrival(), Some(110 * MS));
    assert_eq!(link.poll(Duration::ZERO), None);
    assert_eq!(link.poll(111 * MS).unwrap().number, 2);
    link.send(112 * MS, b"fourth").unwrap();
    link.queued(117 * MS);
    assert_eq!(link.poll(Duration::ZERO).unwrap().at, 117 * MS);
}

#[test]
fn the_end_of_time_is_no_panic() {
    let mut link = link(Config {
        rate: Some(1),
        delay: MAX_DELAY,
        jitter: MAX_DELAY,
        reorder: 1.0,
        reorder_by: MAX_DELAY,
        ..Config::default()
    });
    for _ in 0..3 {
        link.send(Duration::MAX, &[0; 1500]).unwrap();
    }
    assert_eq!(link.poll(Duration::MAX).unwrap().at, Duration::MAX);
}

// --- Chance ----------------------------------------------------------------

#[test]
fn the_generator_is_splitmix64() {
    // The numbers that splitmix64.c prints for this seed.
    let mut generator = SplitMix64::new(1_234_567);
    let expected = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
        4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
    ];
    assert_eq!(expected.map(|_| generator.next_u64()), expected);
    let units = || SplitMix64::new(0);
    assert_eq!(units().next_unit(), 0.883_310_808_213_642_6);
}

#[test]
fn one_seed_is_one_story_for_ever() {
    // If this fails, every recorded run of the book is out of date.
    let mut link = Link::new(bad(), 2026).unwrap();
    send_numbered(&mut link, 24);
    let story: Vec<String> = drain(&mut link)
        .iter()
        .map(|d| {
            let packet = u16::from_be_bytes([d.packet[0], d.packet[1]]);
            format!("{} {:x} {}", d.number, packet, d.at.as_nanos())
        })
        .collect();
    // Number, bytes, nanoseconds.
    let expected = [
        "0 0 22416783",
        "1 1 22416783",
        "4 4 24144328",
        "5 5 26600813",
        "7 7 28829061",
        "8 8 31208970",
        "9 b 31208970",
        "10 a 33350152",
        "2 2 34144328",
        "11 400b 34543253",
        "11 b 34543253",
        "13 d 34543253",
        "6 6 38710128",
        "14 e 38769739",
        "15 f 38769739",
        "16 10 40257722",
        "19 13 41508887",
        "20 14 44873077",
        "21 95 44873077",
        "21 15 44873077",
        "22 16 44873077",
        "23 17 45836571",
        "19 13 53884437",
    ];
    assert_eq!(story, expected);
}

#[test]
fn another_seed_is_another_story() {
    let story = |seed| {
        let mut link = Link::new(bad(), seed).unwrap();
        send_numbered(&mut link, 100);
        drain(&mut link)
    };
    assert_eq!(story(1), story(1));
    assert_ne!(story(1), story(2));
}

/// The share of 100,000 packets that `count` counts.
fn share(config: Config, count: impl Fn(&Link) -> u64) -> f64 {
    let mut link = link(config);
    for i in 0..100_000 {
        let now = i * MS;
        link.send(now, b"packet").expect("six bytes fit");
        while link.poll(now).is_some() {}
    }
    count(&link) as f64 / 100_000.0
}

#[test]
fn faults_are_as_frequent_as_configured() {
    let perfect = Config::default;
    for p in [0.0, 0.001, 0.03, 0.5, 1.0] {
        // Four standard deviations.
        let tolerance = 4.0 * (p * (1.0 - p) / 100_000.0f64).sqrt();
        let config = Config {
            loss: p,
            ..perfect()
        };
        let lost = share(config, |link| link.counters().lost);
        assert!((lost - p).abs() <= tolerance, "loss {p}: {lost}");
        let config = Config {
            duplicate: p,
            ..perfect()
        };
        let twice = share(config, |link| link.counters().duplicated);
        assert!((twice - p).abs() <= tolerance, "duplicate {p}: {twice}");
        let config = Config {
            corrupt: p,
            ..perfect()
        };
        let damaged = share(config, |link| link.counters().corrupted);
        assert!((damaged - p).abs() <= tolerance, "corrupt {p}: {damaged}");
        let config = Config {
            reorder: p,
            ..perfect()
        };
        let late = share(config, |link| link.counters().late);
        assert!((late - p).abs() <= tolerance, "reorder {p}: {late}");
    }
}

#[test]
fn losses_in_bursts_come_together() {
    // Bad for 1 packet in 11, for 10 packets on average; then all are lost.
    let burst = Burst {
        begin: 0.01,
        end: 0.1,
        loss: 1.0,
    };
    let mut link = link(Config {
        burst: Some(burst),
        ..Config::default()
    });
    let mut bursts = 0;
    let mut was_lost = false;
    for i in 0..100_000 {
        let fate = link.send(i * MS, b"x").unwrap().fate;
        let lost = matches!(fate, Fate::Lost { .. });
        bursts += u64::from(lost && !was_lost);
        was_lost = lost;
        while link.poll(i * MS).is_some() {}
    }
    let lost = link.counters().lost;
    let share = lost as f64 / 100_000.0;
    assert!((share - 1.0 / 11.0).abs() < 0.01, "{share}");
    let length = lost as f64 / bursts as f64;
    assert!((length - 10.0).abs() < 1.0, "{length}");
}

#[test]
fn one_fault_more_changes_none_of_the_others() {
    let fates = |config| -> Vec<Fate> {
        let mut link = link(config);
        let sent = send_numbered(&mut link, 1000);
        sent.iter().map(|sent| sent.fate).collect()
    };
    let lost = |fates: &[Fate]| -> Vec<bool> {
        let lost = |fate: &Fate| matches!(fate, Fate::Lost { .. });
        fates.iter().map(lost).collect()
    };
    let some = Config {
        loss: 0.1,
        ..Config::default()
    };
    let more = Config {
        loss: 0.2,
        ..some.clone()
    };
    let twice = Config {
        duplicate: 0.3,
        jitter: 9 * MS,
        ..some.clone()
    };
    let (some, more, twice) = (fates(some), fates(more), fates(twice));
    assert_eq!(lost(&some), lost(&twice));
    for (some, more) in lost(&some).into_iter().zip(lost(&more)) {
        assert!(more || !some, "what 10 % loses, 20 % loses too");
    }
}

#[test]
fn the_directions_of_a_cable_have_their_own_accidents() {
    let half = Config {
        loss: 0.5,
        delay: 5 * MS,
        ..Config::default()
    };
    let mut cable = Cable::new(half.clone(), half, 1).unwrap();
    let there = send_numbered(&mut cable.there, 64);
    let back = send_numbered(&mut cable.back, 64);
    assert_ne!(there, back);
    let next = [cable.there.next_arrival(), cable.back.next_arrival()];
    assert_eq!(cable.next_arrival(), next.into_iter().flatten().min());
    let (mut there, mut back) = (cable.there.clone(), cable.back.clone());
    drain(&mut there);
    drain(&mut back);
    assert_eq!(Cable { there, back }.next_arrival(), None);
}

// --- Configuration ---------------------------------------------------------

#[test]
fn what_is_no_probability_is_refused_by_name() {
    let at = |value: f64| {
        [
            Config {
                loss: value,
                ..bad()
            },
            Config {
                duplicate: value,
                ..bad()
            },
            Config {
                corrupt: value,
                ..bad()
            },
            Config {
                reorder: value,
                ..bad()
            },
            Config {
                burst: Some(Burst {
                    begin: value,
                    end: 0.0,
                    loss: 0.0,
                }),
                ..bad()
            },
            Config {
                burst: Some(Burst {
                    begin: 0.0,
                    end: value,
                    loss: 0.0,
                }),
                ..bad()
            },
            Config {
                burst: Some(Burst {
                    begin: 0.0,
                    end: 0.0,
                    loss: value,
                }),
                ..bad()
            },
        ]
    };
    for value in [-0.1, 1.000_001, f64::NAN, f64::INFINITY, f64::MIN] {
        let mut names = Vec::new();
        for config in at(value) {
            match Link::new(config, 1).unwrap_err() {
                ConfigError::Probability { field, .. } => names.push(field),
                other => panic!("{other}"),
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 7, "each error has its field's name");
    }
    for value in [0.0, -0.0, 1.0, f64::MIN_POSITIVE] {
        for config in at(value) {
            assert!(Link::new(config, 1).is_ok());
        }
    }
}

#[test]
fn what_cannot_work_is_refused_by_name() {
    let text = |config: Config| Link::new(config, 1).unwrap_err().to_string();
    let zero = " is 0: nothing could ever pass";
    let config = Config {
        rate: Some(0),
        ..bad()
    };
    assert_eq!(text(config), format!("rate{zero}"));
    let config = Config {
        capacity: 0,
        ..bad()
    };
    assert_eq!(text(config), format!("capacity{zero}"));
    let config = Config { mtu: 0, ..bad() };
    assert_eq!(text(config), "mtu is 0, and has to be from 1 to 65535");
    let config = Config {
        mtu: MAX_MTU + 1,
        ..bad()
    };
    assert_eq!(text(config), "mtu is 65536, and has to be from 1 to 65535");
    let config = Config {
        loss: f64::NAN,
        ..bad()
    };
    assert_eq!(text(config), "loss is NaN, and has to be from 0 to 1");
    let long = MAX_DELAY + Duration::from_nanos(1);
    for config in [
        Config {
            delay: long,
            ..bad()
        },
        Config {
            jitter: Duration::MAX,
            ..bad()
        },
        Config {
            reorder_by: long,
            ..bad()
        },
    ] {
        assert!(text(config).ends_with("at most 3600s will do"));
    }
}

#[test]
fn a_new_configuration_holds_for_what_is_sent_from_then_on() {
    let mut link = link(Config {
        delay: 50 * MS,
        ..Config::default()
    });
    link.send(Duration::ZERO, b"slow").unwrap();
    let cut = Config {
        loss: 1.0,
        ..Config::default()
    };
    link.reconfigure(cut).unwrap();
    link.send(MS, b"lost").unwrap();
    link.reconfigure(Config::default()).unwrap();
    let wrong = Config {
        loss: 2.0,
        ..Config::default()
    };
    assert!(link.reconfigure(wrong).is_err());
    assert_eq!(link.config(), &Config::default());
    link.send(2 * MS, b"in order, so behind the slow one")
        .unwrap();
    let arrived = drain(&mut link);
    assert_eq!(numbers(&arrived), [0, 2]);
    assert_eq!(arrived[1].at, 50 * MS);
}

// --- Whatever happens ------------------------------------------------------

fn any_config() -> impl Strategy<Value = Config> {
    let p = || prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0];
    let ms = || (0u32..50).prop_map(|n| n * MS);
    let burst = proptest::option::of((p(), p(), p()));
    let rate = proptest::option::of(1u64..10_000_000);
    (
        (ms(), ms(), ms()),
        (p(), p(), p(), p(), burst),
        (rate, 0usize..80, 1usize..100, 1usize..60),
    )
        .prop_map(|((delay, jitter, reorder_by), chance, limits)| {
            let (loss, duplicate, corrupt, reorder, burst) = chance;
            let (rate, queue, mtu, capacity) = limits;
            let burst =
                burst.map(|(begin, end, loss)| Burst { begin, end, loss });
            Config {
                delay,
                jitter,
                loss,
                burst,
                duplicate,
                corrupt,
                reorder,
                reorder_by,
                rate,
                queue,
                mtu,
                capacity,
            }
        })
}

/// A packet's length, or a poll; and the time, which may go back.
fn any_calls() -> impl Strategy<Value = Vec<(Option<usize>, u32)>> {
    let call = (proptest::option::of(0usize..120), 0u32..200);
    proptest::collection::vec(call, 0..200)
}

fn accounts_balance(link: &Link) {
    let c = link.counters();
    assert_eq!(
        c.sent + c.duplicated,
        c.delivered + c.lost + c.queue_full + c.overflow + link.in_flight(),
        "{c:?}"
    );
}

proptest! {
    #[test]
    fn no_packet_appears_or_disappears_unaccounted(
        config in any_config(),
        calls in any_calls(),
        seed: u64,
    ) {
        let (queue, capacity) = (config.queue, config.capacity as u64);
        let mut link = Link::new(config, seed).unwrap();
        let mut expected = 0;
        let mut last = Duration::ZERO;
        let mut arrived = 0;
        for (call, ms) in calls {
            match call {
                Some(len) => if let Ok(sent) = link.send(ms * MS, &vec![0; len])
                    && let Fate::Arrives { second, .. } = sent.fate
                {
                    expected += if second.is_some() { 2 } else { 1 };
                },
                None => if let Some(delivery) = link.poll(ms * MS) {
                    arrived += 1;
                    prop_assert!(delivery.at >= last, "deliveries in order");
                    last = delivery.at;
                },
            }
            accounts_balance(&link);
            prop_assert!(link.queued(ms * MS) <= queue.min(capacity as usize));
            prop_assert!(link.in_flight() <= capacity);
        }
        arrived += drain(&mut link).len();
        accounts_balance(&link);
        prop_assert_eq!(link.in_flight(), 0);
        prop_assert_eq!(arrived, expected, "the record told the truth");
    }

    #[test]
    fn the_record_says_when_and_how_each_copy_arrives(
        config in any_config(),
        seed: u64,
    ) {
        let config = Config { capacity: 100, mtu: 100, ..config };
        let mut link = Link::new(config, seed).unwrap();
        let mut expected = Vec::new();
        for i in 0..50u8 {
            let sent = link.send(u32::from(i) * MS, &[i; 8]).unwrap();
            let Fate::Arrives { first, second, .. } = sent.fate else {
                continue;
            };
            for arrival in std::iter::once(first).chain(second) {
                let mut packet = vec![i; 8];
                if let Some(bit) = arrival.flipped {
                    packet[bit / 8] ^= 0x80 >> (bit % 8);
                }
                expected.push((arrival.at, sent.number, packet));
            }
        }
        let mut arrived: Vec<_> = drain(&mut link)
            .into_iter()
            .map(|d| (d.at, d.number, d.packet))
            .collect();
        expected.sort();
        arrived.sort();
        prop_assert_eq!(arrived, expected);
    }

    #[test]
    fn a_rate_is_never_exceeded(
        rate in 1_000u64..10_000_000,
        packets in proptest::collection::vec((0usize..1500, 0u32..20), 1..60),
        seed: u64,
    ) {
        let config = Config { rate: Some(rate), ..Config::default() };
        let mut link = Link::new(config, seed).unwrap();
        let mut now = Duration::ZERO;
        for (len, pause) in packets {
            now += pause * MS;
            link.send(now, &vec![0; len]).unwrap();
        }
        let arrived = drain(&mut link);
        // From the arrival of any packet on, those behind it take their time.
        for i in 0..arrived.len() {
            let behind = &arrived[i + 1..];
            let mut bits = 0;
            for later in behind {
                bits += later.packet.len() as u128 * 8;
                let nanos = (later.at - arrived[i].at).as_nanos();
                prop_assert!(nanos * u128::from(rate) >= bits * 1_000_000_000);
            }
        }
    }
}
