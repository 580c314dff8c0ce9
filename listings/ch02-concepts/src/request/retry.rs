//! The client's half: whether to send a request again, and when.

use std::fmt;
use std::time::Duration;

use ch03_sockets::backoff::{Backoff, jitter};

/// Why a try brought no answer that the client can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// There was no connection: not a byte of the request left.
    NotSent,
    /// The connection ended, or the client's patience, after some of the
    /// request had been sent and before all of the answer was there.
    NoAnswer,
    /// The server answered with a status code that is no success, and asked
    /// to wait as long as its `Retry-After` field says (RFC 9110 section
    /// 10.2.3).
    Status(u16, Option<Duration>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::NotSent => f.write_str("not sent"),
            Failure::NoAnswer => f.write_str("no answer"),
            Failure::Status(code, _) => write!(f, "status {code}"),
        }
    }
}

impl std::error::Error for Failure {}

// ANCHOR: verdict
/// Whether to send a request that failed once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was not carried out, or twice has the effect of once.
    Repeat,
    /// It may have been carried out, and twice is not once.
    Unclear,
    /// The same request would get the same answer.
    Final,
}

/// What to make of a failure. `idempotent`: twice has the effect of once,
/// because the method says so (RFC 9110 section 9.2.2) or because the request
/// has an idempotency key.
pub fn verdict(idempotent: bool, failure: Failure) -> Verdict {
    match failure {
        // It did not arrive, or not whole: RFC 9110 section 15.5.9.
        Failure::NotSent | Failure::Status(408, _) => Verdict::Repeat,
        // "Too many", "bad gateway", "unavailable", "gateway timeout": none of
        // them says that nothing was done.
        Failure::NoAnswer | Failure::Status(429 | 502 | 503 | 504, _) => {
            match idempotent {
                true => Verdict::Repeat,
                false => Verdict::Unclear,
            }
        }
        // A conflict that passes, for the server says when: the first try is
        // being carried out.
        Failure::Status(409, Some(_)) if idempotent => Verdict::Repeat,
        Failure::Status(..) => Verdict::Final,
    }
}
// ANCHOR_END: verdict

/// Why the client stops trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GaveUp {
    /// [`Verdict::Unclear`].
    Unclear,
    /// [`Verdict::Final`].
    Final,
    /// All retries are used up.
    Tries,
    /// The next try would begin at the deadline or later.
    Deadline,
    /// Too many of this client's requests are retries already.
    Budget,
}

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GaveUp::Unclear => "it may have been carried out",
            GaveUp::Final => "the answer is final",
            GaveUp::Tries => "all tries are used up",
            GaveUp::Deadline => "the deadline comes before the next try",
            GaveUp::Budget => "the retry budget is used up",
        })
    }
}

impl std::error::Error for GaveUp {}

/// The retries of one request.
#[derive(Debug, Clone)]
pub struct Retry {
    idempotent: bool,
    backoff: Backoff,
    deadline: Duration,
}

impl Retry {
    /// A request that is given up at `deadline`, however many of the waits of
    /// `backoff` are left. For `idempotent` see [`verdict`].
    pub fn new(idempotent: bool, backoff: Backoff, deadline: Duration) -> Self {
        Retry {
            idempotent,
            backoff,
            deadline,
        }
    }

    // ANCHOR: again
    /// A try failed at `now`: says when to make the next.
    ///
    /// The wait is the backoff's with full jitter; what the server asked for
    /// comes on top, or the clients it sent away would come back together.
    /// `random` is for [`jitter`].
    ///
    /// # Errors
    /// [`GaveUp`]: why there is no next try.
    pub fn again(
        &mut self,
        failure: Failure,
        now: Duration,
        random: u32,
        budget: &mut Budget,
    ) -> Result<Duration, GaveUp> {
        match verdict(self.idempotent, failure) {
            Verdict::Repeat => {}
            Verdict::Unclear => return Err(GaveUp::Unclear),
            Verdict::Final => return Err(GaveUp::Final),
        }
        let wait = self.backoff.try_again().ok_or(GaveUp::Tries)?;
        let asked = match failure {
            Failure::Status(_, Some(retry_after)) => retry_after,
            _ => Duration::ZERO,
        };
        let at = now.saturating_add(asked.saturating_add(jitter(wait, random)));
        if at >= self.deadline {
            return Err(GaveUp::Deadline);
        }
        // Last, so that only a try that is made costs a token.
        if budget.withdraw() {
            Ok(at)
        } else {
            Err(GaveUp::Budget)
        }
    }
    // ANCHOR_END: again
}

// ANCHOR: budget
/// How many retries a client may make in all, as a share of its requests: a
/// token bucket. One client has one budget for all its requests to a server.
#[derive(Debug, Clone)]
pub struct Budget {
    // In hundredths of a token, so that a percentage is a whole number.
    balance: u32,
    most: u32,
    percent: u32,
}

impl Budget {
    /// Each request pays in `percent` hundredths of a token, each retry takes
    /// out a whole one. The bucket begins full, with `burst` tokens, and never
    /// holds more.
    pub fn new(percent: u32, burst: u32) -> Self {
        let most = burst.saturating_mul(100);
        Budget {
            balance: most,
            most,
            percent,
        }
    }

    /// Counts the first try of a request.
    pub fn deposit(&mut self) {
        self.balance = self.balance.saturating_add(self.percent).min(self.most);
    }

    /// Asks for a retry. `false`: there is no token for it.
    pub fn withdraw(&mut self) -> bool {
        let rest = self.balance.checked_sub(100);
        self.balance = rest.unwrap_or(self.balance);
        rest.is_some()
    }
}
// ANCHOR_END: budget

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const LATE: Duration = Duration::from_secs(3600);

    // Waits of 100, 200 and 400 ms at most; three retries.
    fn retry(idempotent: bool) -> Retry {
        let backoff = Backoff::new(100 * MS, 1000 * MS, 3);
        Retry::new(idempotent, backoff, 10_000 * MS)
    }

    fn budget() -> Budget {
        Budget::new(10, 100)
    }

    #[test]
    fn what_was_not_sent_may_be_sent() {
        for failure in [Failure::NotSent, Failure::Status(408, None)] {
            assert_eq!(verdict(false, failure), Verdict::Repeat);
            assert_eq!(verdict(true, failure), Verdict::Repeat);
        }
    }

    #[test]
    fn what_may_have_been_carried_out_must_be_idempotent() {
        let mut unclear = vec![Failure::NoAnswer];
        for code in [429, 502, 503, 504] {
            unclear.push(Failure::Status(code, None));
            unclear.push(Failure::Status(code, Some(MS)));
        }
        for failure in unclear {
            assert_eq!(verdict(true, failure), Verdict::Repeat, "{failure:?}");
            assert_eq!(verdict(false, failure), Verdict::Unclear);
        }
    }

    #[test]
    fn a_conflict_passes_when_the_server_says_when() {
        let passes = Failure::Status(409, Some(MS));
        assert_eq!(verdict(true, passes), Verdict::Repeat);
        assert_eq!(verdict(false, passes), Verdict::Final);
        let stays = Failure::Status(409, None);
        assert_eq!(verdict(true, stays), Verdict::Final);
    }

    #[test]
    fn a_final_answer_is_final() {
        for code in [400, 401, 403, 404, 413, 422, 500, 501] {
            for after in [None, Some(MS)] {
                let failure = Failure::Status(code, after);
                assert_eq!(verdict(true, failure), Verdict::Final, "{code}");
            }
        }
    }

    #[test]
    fn it_waits_longer_and_longer_and_then_gives_up() {
        let (mut retry, mut budget) = (retry(true), budget());
        let mut again =
            |now| retry.again(Failure::NoAnswer, now, u32::MAX, &mut budget);
        assert_eq!(again(Duration::ZERO), Ok(100 * MS));
        assert_eq!(again(1000 * MS), Ok(1200 * MS));
        assert_eq!(again(2000 * MS), Ok(2400 * MS));
        assert_eq!(again(3000 * MS), Err(GaveUp::Tries));
    }

    #[test]
    fn an_unclear_request_is_given_up_at_once_and_costs_nothing() {
        let (mut retry, mut budget) = (retry(false), Budget::new(0, 1));
        let again = retry.again(Failure::NoAnswer, MS, 0, &mut budget);
        assert_eq!(again, Err(GaveUp::Unclear));
        assert!(budget.withdraw());
    }

    #[test]
    fn what_the_server_asks_for_is_waited_and_jitter_comes_on_top() {
        let failure = Failure::Status(503, Some(2000 * MS));
        for (random, at) in [(0, 2000 * MS), (u32::MAX, 2100 * MS)] {
            let again = retry(true).again(
                failure,
                Duration::ZERO,
                random,
                &mut budget(),
            );
            assert_eq!(again, Ok(at));
        }
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_not_begun() {
        let mut budget = Budget::new(0, 1);
        for after in [9_999 * MS, LATE, Duration::MAX] {
            let failure = Failure::Status(503, Some(after));
            let again = retry(true).again(failure, MS, 0, &mut budget);
            assert_eq!(again, Err(GaveUp::Deadline), "{after:?}");
        }
        assert!(budget.withdraw(), "it cost no token");
    }

    #[test]
    fn an_empty_budget_ends_the_retries_and_requests_fill_it() {
        let mut budget = Budget::new(25, 2);
        let again = |budget: &mut Budget| {
            retry(true).again(Failure::NoAnswer, MS, 0, budget)
        };
        assert_eq!(again(&mut budget), Ok(MS));
        assert_eq!(again(&mut budget), Ok(MS));
        assert_eq!(again(&mut budget), Err(GaveUp::Budget));
        for _ in 0..3 {
            budget.deposit();
            assert_eq!(again(&mut budget), Err(GaveUp::Budget));
        }
        budget.deposit();
        assert_eq!(again(&mut budget), Ok(MS));
    }

    proptest! {
        #[test]
        fn retries_never_exceed_the_budget(
            percent in 0u32..200,
            burst in 0u32..20,
            retries in proptest::collection::vec(0u8..8, 0..200),
        ) {
            let mut budget = Budget::new(percent, burst);
            let (mut requests, mut made) = (0, 0);
            for wanted in retries {
                requests += 1;
                budget.deposit();
                made += (0..wanted).filter(|_| budget.withdraw()).count();
                let allowed = u64::from(burst) * 100
                    + requests * u64::from(percent);
                prop_assert!(made as u64 * 100 <= allowed);
            }
        }

        #[test]
        fn a_request_ends_before_its_deadline(
            failures in proptest::collection::vec(
                (0u16..700, proptest::option::of(any::<u64>()), any::<u32>()),
                0..20,
            ),
            deadline in 0u64..5000,
        ) {
            let deadline = Duration::from_millis(deadline);
            let backoff = Backoff::new(50 * MS, 400 * MS, 6);
            let mut retry = Retry::new(true, backoff, deadline);
            let (mut now, mut tries) = (Duration::ZERO, 0);
            for (code, after, random) in failures {
                let after = after.map(Duration::from_millis);
                let failure = Failure::Status(code, after);
                match retry.again(failure, now, random, &mut budget()) {
                    Ok(at) => {
                        prop_assert!(now <= at && at < deadline);
                        (now, tries) = (at, tries + 1);
                    }
                    Err(_) => break,
                }
            }
            prop_assert!(tries <= 6);
        }
    }
}
