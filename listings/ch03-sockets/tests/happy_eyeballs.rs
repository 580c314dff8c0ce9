//! Happy Eyeballs in injected time: one test a situation of RFC 8305.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::time::Duration;

use ch03_sockets::happy_eyeballs::{
    Action, AttemptId, Config, Family, HappyEyeballs, MAX_ADDRESSES,
};
use proptest::prelude::*;

type Race = HappyEyeballs<&'static str>;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn v6(n: u16) -> SocketAddr {
    format!("[2001:db8::{n:x}]:443").parse().unwrap()
}

fn v4(n: u16) -> SocketAddr {
    format!("192.0.2.{n}:443").parse().unwrap()
}

fn race() -> Race {
    Race::new(Config::default())
}

fn connect(id: usize, addr: SocketAddr) -> Action<&'static str> {
    let id = AttemptId(id);
    Action::Connect { id, addr }
}

fn connected(id: usize, addr: SocketAddr) -> Action<&'static str> {
    let id = AttemptId(id);
    Action::Connected { id, addr }
}

/// The addresses in the order in which they are tried when none answers.
fn order(race: &mut Race) -> Vec<SocketAddr> {
    let mut now = Duration::ZERO;
    let mut order = Vec::new();
    loop {
        match race.poll(now) {
            Action::Connect { addr, .. } => order.push(addr),
            Action::WaitUntil(then) => now = then,
            _ => return order,
        }
    }
}

#[test]
fn delays_are_kept_within_bounds() {
    let mut race = Race::new(Config {
        resolution_delay: Duration::MAX,
        attempt_delay: Duration::MAX,
        ..Config::default()
    });
    race.on_answer(ms(1), Family::V4, [v4(1), v4(2)]);
    assert_eq!(race.poll(ms(1)), Action::WaitUntil(ms(2001)));
    assert_eq!(race.poll(ms(2001)), connect(0, v4(1)));
    assert_eq!(race.poll(ms(2001)), Action::WaitUntil(ms(4001)));
}

#[test]
fn section_5_ipv6_wins_before_ipv4_begins() {
    let mut race = race();
    race.on_answers(ms(0), [v6(1), v4(1)]);
    assert_eq!(race.poll(ms(0)), connect(0, v6(1)));
    assert_eq!(race.poll(ms(0)), Action::WaitUntil(ms(250)));
    race.on_success(AttemptId(0));
    assert_eq!(race.poll(ms(30)), connected(0, v6(1)));
    assert_eq!(race.poll(ms(999)), connected(0, v6(1)), "it stays won");
}

#[test]
fn section_5_ipv6_black_hole_gives_ipv4_after_250_ms() {
    let mut race = race();
    race.on_answers(ms(0), [v6(1), v4(1)]);
    assert_eq!(race.poll(ms(0)), connect(0, v6(1)));
    assert_eq!(race.poll(ms(249)), Action::WaitUntil(ms(250)));
    assert_eq!(race.poll(ms(250)), connect(1, v4(1)));
    assert_eq!(race.poll(ms(250)), Action::Wait);
    race.on_success(AttemptId(1));
    assert_eq!(race.poll(ms(280)), Action::Cancel(AttemptId(0)));
    assert_eq!(race.poll(ms(280)), connected(1, v4(1)));
}

#[test]
fn section_3_aaaa_answer_first_begins_at_once() {
    let mut race = race();
    race.on_answer(ms(20), Family::V6, [v6(1)]);
    assert_eq!(race.poll(ms(20)), connect(0, v6(1)));
    assert_eq!(race.poll(ms(20)), Action::Wait);
    race.on_answer(ms(40), Family::V4, [v4(1)]);
    assert_eq!(race.poll(ms(40)), Action::WaitUntil(ms(270)));
}

#[test]
fn section_3_aaaa_answer_within_the_resolution_delay_goes_first() {
    let mut race = race();
    race.on_answer(ms(20), Family::V4, [v4(1)]);
    assert_eq!(race.poll(ms(20)), Action::WaitUntil(ms(70)));
    race.on_answer(ms(69), Family::V6, [v6(1)]);
    assert_eq!(race.poll(ms(69)), connect(0, v6(1)));
    assert_eq!(race.poll(ms(69)), Action::WaitUntil(ms(319)));
}

#[test]
fn section_3_aaaa_answer_after_the_resolution_delay_is_next() {
    let mut race = race();
    race.on_answer(ms(20), Family::V4, [v4(1), v4(2)]);
    assert_eq!(race.poll(ms(70)), connect(0, v4(1)));
    race.on_answer(ms(80), Family::V6, [v6(1)]);
    assert_eq!(race.poll(ms(80)), Action::WaitUntil(ms(320)));
    assert_eq!(race.poll(ms(320)), connect(1, v6(1)));
    assert_eq!(race.poll(ms(570)), connect(2, v4(2)));
}

#[test]
fn section_3_negative_aaaa_answer_ends_the_wait() {
    let mut race = race();
    race.on_answer(ms(20), Family::V4, [v4(1)]);
    race.on_answer(ms(30), Family::V6, []);
    assert_eq!(race.poll(ms(30)), connect(0, v4(1)));
}

#[test]
fn section_4_families_alternate() {
    let mut race = race();
    race.on_answers(ms(0), [v6(1), v6(2), v6(3), v4(1), v4(2)]);
    let expected = [v6(1), v4(1), v6(2), v4(2), v6(3)];
    assert_eq!(order(&mut race), expected);
}

#[test]
fn section_4_first_address_family_count() {
    let mut race = Race::new(Config {
        first_family_count: 2,
        ..Config::default()
    });
    let all = [v6(1), v6(2), v6(3), v6(4), v4(1), v4(2)];
    race.on_answers(ms(0), all);
    let expected = [v6(1), v6(2), v4(1), v6(3), v4(2), v6(4)];
    assert_eq!(order(&mut race), expected);
}

#[test]
fn section_4_the_preferred_family_may_be_ipv4() {
    let mut race = Race::new(Config {
        prefer: Family::V4,
        ..Config::default()
    });
    race.on_answers(ms(0), [v4(1), v6(1)]);
    assert_eq!(order(&mut race), [v4(1), v6(1)]);
}

#[test]
fn failure_of_the_last_attempt_begins_the_next_at_once() {
    let mut race = race();
    race.on_answers(ms(0), [v6(1), v4(1), v6(2), v4(2)]);
    assert_eq!(race.poll(ms(0)), connect(0, v6(1)));
    race.on_failure(ms(10), AttemptId(0), "refused");
    assert_eq!(race.poll(ms(10)), connect(1, v4(1)));
    assert_eq!(race.poll(ms(260)), connect(2, v6(2)));
    // An older attempt's failure leaves the newest one its time ...
    race.on_failure(ms(270), AttemptId(1), "refused");
    assert_eq!(race.poll(ms(270)), Action::WaitUntil(ms(510)));
    // ... and the newest one's own ends it.
    race.on_failure(ms(280), AttemptId(2), "refused");
    assert_eq!(race.poll(ms(280)), connect(3, v4(2)));
}

#[test]
fn section_5_no_two_attempts_begin_within_10_ms() {
    let mut race = race();
    race.on_answers(ms(0), [v6(1), v4(1)]);
    assert_eq!(race.poll(ms(0)), connect(0, v6(1)));
    race.on_failure(ms(1), AttemptId(0), "refused");
    assert_eq!(race.poll(ms(1)), Action::WaitUntil(ms(10)));
    assert_eq!(race.poll(ms(10)), connect(1, v4(1)));
}

#[test]
fn section_5_all_fail_and_every_error_is_kept() {
    let mut race = race();
    race.on_answers(ms(0), [v6(1), v4(1)]);
    race.poll(ms(0));
    race.poll(ms(250));
    race.on_failure(ms(260), AttemptId(1), "refused");
    assert_eq!(race.poll(ms(260)), Action::Wait);
    race.on_failure(ms(300), AttemptId(0), "unreachable");
    let errors = vec![(v4(1), "refused"), (v6(1), "unreachable")];
    assert_eq!(race.poll(ms(300)), Action::Failed(errors));
}

#[test]
fn all_fail_but_an_answer_is_still_to_come() {
    let mut race = race();
    race.on_answer(ms(0), Family::V6, [v6(1)]);
    race.poll(ms(0));
    race.on_failure(ms(5), AttemptId(0), "refused");
    assert_eq!(race.poll(ms(5)), Action::Wait);
    race.on_answer(ms(90), Family::V4, [v4(1)]);
    assert_eq!(race.poll(ms(90)), connect(1, v4(1)));
}

#[test]
fn no_addresses() {
    let mut race = race();
    assert_eq!(race.poll(ms(0)), Action::Wait);
    race.on_answer(ms(10), Family::V6, []);
    assert_eq!(race.poll(ms(10)), Action::Wait);
    race.on_answer(ms(20), Family::V4, []);
    assert_eq!(race.poll(ms(20)), Action::Failed(vec![]));
}

#[test]
fn section_5_the_winner_cancels_all_others_and_late_news_is_ignored() {
    let mut race = race();
    race.on_answers(ms(0), [v6(1), v4(1), v6(2)]);
    assert_eq!(order(&mut race).len(), 3);
    race.on_success(AttemptId(1));
    race.on_success(AttemptId(2)); // connected as well: too late
    assert_eq!(race.poll(ms(600)), Action::Cancel(AttemptId(0)));
    race.on_failure(ms(601), AttemptId(0), "cancelled");
    assert_eq!(race.poll(ms(601)), connected(1, v4(1)));
}

#[test]
fn many_addresses_are_bounded_and_none_is_tried_twice() {
    let mut race = race();
    let many = (0..1000).map(|n| v6(n % 200));
    race.on_answer(ms(0), Family::V6, many);
    race.on_answer(ms(0), Family::V4, [v4(1), v4(1), v6(9)]);
    assert_eq!(order(&mut race).len(), MAX_ADDRESSES + 1);
}

#[test]
fn section_5_the_attempt_delay_is_kept_within_its_bounds() {
    for (asked, kept) in [(0, 10), (9, 10), (100, 100), (9_000, 2_000)] {
        let mut race = Race::new(Config {
            attempt_delay: ms(asked),
            ..Config::default()
        });
        race.on_answers(ms(0), [v6(1), v4(1)]);
        race.poll(ms(0));
        assert_eq!(race.poll(ms(0)), Action::WaitUntil(ms(kept)));
    }
}

/// What section 4 asks of a whole list.
fn interleave(
    v6: &[SocketAddr],
    v4: &[SocketAddr],
    count: usize,
) -> Vec<SocketAddr> {
    let count = count.min(v6.len());
    let mut list = v6[..count].to_vec();
    let (mut six, mut four) = (v6[count..].iter(), v4.iter());
    while six.len() + four.len() > 0 {
        list.extend(four.next());
        list.extend(six.next());
    }
    list
}

proptest! {
    #[test]
    fn any_list_is_interleaved(n6 in 0..9_u16, n4 in 0..9_u16, count in 1..5_usize) {
        let six: Vec<_> = (1..=n6).map(v6).collect();
        let four: Vec<_> = (1..=n4).map(v4).collect();
        let mut race = Race::new(Config { first_family_count: count, ..Config::default() });
        race.on_answers(ms(0), six.iter().chain(&four).copied());
        prop_assert_eq!(order(&mut race), interleave(&six, &four, count));
    }

    /// However the events fall, each address is tried once at most, the race
    /// ends, and nothing is left pending.
    #[test]
    fn every_race_ends(
        n6 in 0..5_u16,
        n4 in 0..5_u16,
        v4_first in any::<bool>(),
        outcomes in prop::collection::vec((0..600_u64, any::<bool>()), 10),
    ) {
        let mut race = race();
        let mut answers = vec![
            (Family::V6, (1..=n6).map(v6).collect::<Vec<_>>()),
            (Family::V4, (1..=n4).map(v4).collect()),
        ];
        if v4_first {
            answers.reverse();
        }
        let (mut now, mut begun, mut pending) = (ms(0), vec![], vec![]);
        for _ in 0..1000 {
            let wake = match race.poll(now) {
                Action::Connect { id, addr } => {
                    prop_assert!(!begun.contains(&addr));
                    begun.push(addr);
                    let (after, success) = outcomes[id.0];
                    pending.push((now + ms(after), id, success));
                    continue;
                }
                Action::Cancel(id) => {
                    pending.retain(|p| p.1 != id);
                    continue;
                }
                Action::WaitUntil(then) => { prop_assert!(then > now); then }
                Action::Wait => Duration::MAX,
                Action::Connected { .. } => {
                    prop_assert!(pending.is_empty());
                    return Ok(());
                }
                Action::Failed(errors) => {
                    prop_assert_eq!(errors.len(), usize::from(n6 + n4));
                    return Ok(());
                }
            };
            pending.sort();
            match pending.first().copied() {
                Some((at, id, success)) if at <= wake => {
                    pending.remove(0);
                    now = at;
                    if success {
                        race.on_success(id);
                    } else {
                        race.on_failure(now, id, "failed");
                    }
                }
                _ if wake < Duration::MAX => now = wake,
                _ => {
                    now += ms(30);
                    let (family, addrs) = answers.remove(0);
                    race.on_answer(now, family, addrs);
                }
            }
        }
        prop_assert!(false, "no end");
    }
}
