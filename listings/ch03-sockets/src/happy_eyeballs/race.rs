//! The race itself: which attempt begins when, and when it is over.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::happy_eyeballs::ConnectError;

/// The most addresses of one family that a race takes; what a name has beyond
/// them is not tried. The limit is ours: whoever controls a name could send
/// us to connect to as many addresses as its answer has room for.
pub const MAX_ADDRESSES: usize = 16;

/// No two attempts of a race begin closer to one another (RFC 8305 §5).
pub const MIN_DELAY: Duration = Duration::from_millis(10);
/// No attempt waits longer for the one before it (RFC 8305 §5).
pub const MAX_DELAY: Duration = Duration::from_secs(2);

/// The values of RFC 8305 §8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How long to hold back the first attempt when only the other family's
    /// answer has come: the Resolution Delay, 50 ms. At most [`MAX_DELAY`];
    /// this limit is ours.
    pub resolution_delay: Duration,
    /// How many addresses of the first family go before the first of the
    /// other: the First Address Family Count, 1. At least 1.
    pub first_family_count: usize,
    /// How long an attempt stays alone before the next one joins it: the
    /// Connection Attempt Delay, 250 ms. Kept between [`MIN_DELAY`] and
    /// [`MAX_DELAY`]; the RFC recommends no less than 100 ms.
    pub attempt_delay: Duration,
    /// The family to begin with: IPv6, unless the order of the addresses
    /// (RFC 6724) says otherwise.
    pub prefer: Family,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            resolution_delay: Duration::from_millis(50),
            first_family_count: 1,
            attempt_delay: Duration::from_millis(250),
            prefer: Family::V6,
        }
    }
}

/// The family of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// IPv4: what an A query asks for.
    V4,
    /// IPv6: what an AAAA query asks for.
    V6,
}

impl Family {
    /// The family of `addr`.
    pub fn of(addr: &SocketAddr) -> Self {
        match addr {
            SocketAddr::V4(_) => Family::V4,
            SocketAddr::V6(_) => Family::V6,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Family::V4 => Family::V6,
            Family::V6 => Family::V4,
        }
    }
}

/// The number of a connection attempt: 0 for the first of a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptId(pub usize);

/// What the driver is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<E> {
    /// Begin to connect to `addr`, then poll again.
    Connect {
        /// The attempt, for [`HappyEyeballs::on_success`] and
        /// [`HappyEyeballs::on_failure`].
        id: AttemptId,
        /// Where to.
        addr: SocketAddr,
    },
    /// Give this attempt up, then poll again. The race is won.
    Cancel(AttemptId),
    /// Poll again when something has happened, or at this time.
    WaitUntil(Duration),
    /// Poll again when something has happened.
    Wait,
    /// The race is over: this attempt won it.
    Connected {
        /// The attempt.
        id: AttemptId,
        /// The address it connected to.
        addr: SocketAddr,
    },
    /// The race is over: every address failed, in this order and for these
    /// reasons. None at all if there was no address.
    Failed(Vec<(SocketAddr, E)>),
}

/// One race. `E` is what a failed attempt leaves behind: [`io::Error`], say.
#[derive(Debug)]
pub struct HappyEyeballs<E> {
    config: Config,
    v6: Candidates,
    v4: Candidates,
    /// Begun, and neither failed nor won.
    pending: Vec<(AttemptId, SocketAddr)>,
    failed: Vec<(SocketAddr, E)>,
    winner: Option<(AttemptId, SocketAddr)>,
    begun: usize,
    /// The family of the last attempt.
    last: Option<Family>,
    /// How many attempts of the first family have begun in a row; without
    /// limit once the families alternate.
    lead: usize,
    /// When the first attempt stops waiting for the preferred family.
    first_at: Option<Duration>,
    /// When the last attempt began.
    last_at: Duration,
    /// When the attempt after it is due.
    next_at: Duration,
}

/// The addresses of one family.
#[derive(Debug, Default)]
struct Candidates {
    answered: bool,
    /// Every address ever taken, so that none is tried twice.
    taken: Vec<SocketAddr>,
    queue: VecDeque<SocketAddr>,
}

impl<E> HappyEyeballs<E> {
    /// A race without addresses.
    pub fn new(config: Config) -> Self {
        HappyEyeballs {
            config: Config {
                resolution_delay: config.resolution_delay.min(MAX_DELAY),
                attempt_delay: config.attempt_delay.clamp(MIN_DELAY, MAX_DELAY),
                first_family_count: config.first_family_count.max(1),
                ..config
            },
            v6: Candidates::default(),
            v4: Candidates::default(),
            pending: Vec::new(),
            failed: Vec::new(),
            winner: None,
            begun: 0,
            last: None,
            lead: 0,
            first_at: None,
            last_at: Duration::ZERO,
            next_at: Duration::ZERO,
        }
    }

    /// The addresses of one family are known, the best first; none when the
    /// query failed. More may follow (RFC 8305 §6). Addresses of the other
    /// family are ignored.
    pub fn on_answer(
        &mut self,
        now: Duration,
        family: Family,
        addresses: impl IntoIterator<Item = SocketAddr>,
    ) {
        let side = self.side(family);
        side.answered = true;
        for addr in addresses {
            if Family::of(&addr) == family
                && side.taken.len() < MAX_ADDRESSES
                && !side.taken.contains(&addr)
            {
                side.taken.push(addr);
                side.queue.push_back(addr);
            }
        }
        // RFC 8305 §3: from the first positive answer on, the preferred
        // family has the Resolution Delay to come in.
        if !side.taken.is_empty() && self.first_at.is_none() {
            self.first_at = Some(now + self.config.resolution_delay);
        }
    }

    /// Both answers at once: what `getaddrinfo` gives, all of it at one time.
    pub fn on_answers(
        &mut self,
        now: Duration,
        addresses: impl IntoIterator<Item = SocketAddr> + Clone,
    ) {
        self.on_answer(now, Family::V6, addresses.clone());
        self.on_answer(now, Family::V4, addresses);
    }

    /// An attempt is connected. The first one wins; later ones are too late.
    pub fn on_success(&mut self, id: AttemptId) {
        if let Some(won) = self.remove(id)
            && self.winner.is_none()
        {
            self.winner = Some(won);
        }
    }

    /// An attempt has failed. If it was the last one to begin, the next one
    /// is due now, but no sooner than [`MIN_DELAY`] after that one began:
    /// there is nothing left to be patient with. (The RFC leaves this open.)
    pub fn on_failure(&mut self, now: Duration, id: AttemptId, error: E) {
        if let Some((_, addr)) = self.remove(id) {
            self.failed.push((addr, error));
            if id.0 + 1 == self.begun {
                self.next_at = now.max(self.last_at + MIN_DELAY);
            }
        }
    }

    // ANCHOR: poll
    /// What to do at the time `now`. Call it until it says to wait, or that
    /// the race is over.
    pub fn poll(&mut self, now: Duration) -> Action<E> {
        if let Some((id, addr)) = self.winner {
            return match self.pending.pop() {
                Some((loser, _)) => Action::Cancel(loser),
                None => Action::Connected { id, addr },
            };
        }
        let Some(family) = self.next_family() else {
            let answered = self.v6.answered && self.v4.answered;
            return match self.pending.is_empty() && answered {
                true => Action::Failed(std::mem::take(&mut self.failed)),
                false => Action::Wait,
            };
        };
        let preferred = self.side(self.config.prefer).answered;
        let due = match self.begun {
            0 if preferred => now,
            0 => self.first_at.unwrap_or(now), // RFC 8305 §3
            _ => self.next_at,                 // RFC 8305 §5
        };
        if now < due {
            return Action::WaitUntil(due);
        }
        self.begin(now, family)
    }
    // ANCHOR_END: poll

    /// The family whose turn it is, of those that have an address left
    /// (RFC 8305 §4).
    fn next_family(&mut self) -> Option<Family> {
        let turn = match self.last {
            None => self.config.prefer,
            Some(last) if self.lead < self.config.first_family_count => last,
            Some(last) => last.other(),
        };
        [turn, turn.other()]
            .into_iter()
            .find(|&family| !self.side(family).queue.is_empty())
    }

    fn begin(&mut self, now: Duration, family: Family) -> Action<E> {
        let side = self.side(family);
        let addr = side.queue.pop_front().expect("next_family looked");
        // The lead is the first family's alone: after a change, alternate.
        self.lead = match self.last {
            None => 1,
            Some(last) if last == family => self.lead.saturating_add(1),
            Some(_) => usize::MAX,
        };
        self.last = Some(family);
        self.last_at = now;
        self.next_at = now + self.config.attempt_delay;
        let id = AttemptId(self.begun);
        self.begun += 1;
        self.pending.push((id, addr));
        Action::Connect { id, addr }
    }

    fn side(&mut self, family: Family) -> &mut Candidates {
        match family {
            Family::V6 => &mut self.v6,
            Family::V4 => &mut self.v4,
        }
    }

    fn remove(&mut self, id: AttemptId) -> Option<(AttemptId, SocketAddr)> {
        let place = self.pending.iter().position(|p| p.0 == id)?;
        Some(self.pending.remove(place))
    }
}

impl HappyEyeballs<io::Error> {
    /// Ends the race because its time is up.
    pub fn give_up(self) -> ConnectError {
        ConnectError {
            attempts: self.failed,
            timed_out: true,
        }
    }
}
