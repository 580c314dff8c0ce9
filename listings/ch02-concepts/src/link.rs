//! A network link that loses, repeats, damages and delays, as a state machine
//! (2.1).
//!
//! A [`Link`] carries packets in one direction; a [`Cable`] is two of them. It
//! owns no socket, reads no clock and asks nobody for random numbers: packets
//! go in with [`Link::send`], come out of [`Link::poll`], and
//! [`Link::next_arrival`] says when to look again. A time is a [`Duration`]
//! since a moment that the caller chose. The same [`Config`], the same seed
//! and the same calls give the same result on every platform and in every
//! version of this book.
//!
//! What happens to a packet, in this order:
//!
//! 1. Longer than the MTU? It is refused with [`TooLong`].
//! 2. The queue ahead of the transmitter is full? It is dropped (*tail drop*).
//! 3. It waits its turn and is transmitted, at [`Config::rate`].
//! 4. It may be lost, alone or in a burst. (It was transmitted all the same:
//!    a lost packet costs as much of the rate as one that arrives.)
//! 5. It may arrive twice.
//! 6. Each copy may have one bit flipped.
//! 7. Each copy arrives after [`Config::delay`] and up to [`Config::jitter`].
//!    Jitter alone never changes the order, as waiting in line does not: a
//!    packet that draws less than the one ahead arrives together with it. So
//!    packets that are closer together than the jitter wait more on average.
//! 8. A copy may be held back for [`Config::reorder_by`], and those behind it
//!    do not wait.
//!
//! Every kind of fault has random numbers of its own, drawn once for each
//! packet whatever the configuration. So the fate of packet 17 depends on the
//! seed and the number 17: switching duplicates on does not change which
//! packets are lost, and a higher `loss` loses the same ones and more.
//!
//! ```
//! use std::time::Duration;
//! use ch02_concepts::link::{Config, Link};
//!
//! let delay = Duration::from_millis(20);
//! let config = Config { delay, ..Config::default() };
//! let mut link = Link::new(config, 1)?;
//! link.send(Duration::ZERO, b"hello")?;
//! assert_eq!(link.poll(Duration::ZERO), None);
//! let then = link.next_arrival().expect("it is not lost");
//! assert_eq!(then, delay);
//! assert_eq!(link.poll(then).expect("it is due").packet, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The longest `delay`, `jitter` and `reorder_by`.
pub const MAX_DELAY: Duration = Duration::from_secs(3600);

/// The largest `mtu`: the longest packet of IPv4 (RFC 791 section 3.1).
pub const MAX_MTU: usize = 65_535;

/// What a link does to packets. The default is a perfect one: no delay, no
/// faults, no limit to its rate.
///
/// Probabilities are for each packet, from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// How long a packet takes from one end to the other.
    pub delay: Duration,
    /// Up to this much is added to `delay`, drawn evenly.
    pub jitter: Duration,
    /// Probability that a packet is lost (outside bursts).
    pub loss: f64,
    /// Losses that come together.
    pub burst: Option<Burst>,
    /// Probability that a packet arrives twice.
    pub duplicate: f64,
    /// Probability that one bit of a packet is flipped.
    pub corrupt: f64,
    /// Probability that a packet is held back and others pass it.
    pub reorder: f64,
    /// How long it is held back.
    pub reorder_by: Duration,
    /// Bits per second; `None` transmits in no time.
    pub rate: Option<u64>,
    /// How many packets may wait for the transmitter. The one that is being
    /// transmitted has left the queue.
    pub queue: usize,
    /// The longest packet, in bytes, from 1 to [`MAX_MTU`].
    pub mtu: usize,
    /// How many packets may be on their way, and how many may wait whatever
    /// `queue` says. This bounds the link's memory to `capacity * mtu` bytes
    /// and some for each packet, even if nobody polls; what exceeds it is
    /// dropped.
    pub capacity: usize,
}

/// A link that is bad at times: Gilbert and Elliott's model. It is in a good
/// state, where [`Config::loss`] holds, or in a bad one, and may change before
/// each packet. A bad time lasts `1 / end` packets on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// Probability that a bad time begins.
    pub begin: f64,
    /// Probability that it ends.
    pub end: f64,
    /// Probability that a packet is lost while it lasts.
    pub loss: f64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: 0.0,
            burst: None,
            duplicate: 0.0,
            corrupt: 0.0,
            reorder: 0.0,
            reorder_by: Duration::from_millis(10),
            rate: None,
            queue: 100,
            mtu: 1500,
            capacity: 4096,
        }
    }
}

/// A configuration that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A probability that is not a number from 0 to 1.
    Probability {
        /// The field.
        field: &'static str,
        /// What it says.
        value: f64,
    },
    /// A time longer than [`MAX_DELAY`].
    Delay {
        /// The field.
        field: &'static str,
        /// What it says.
        value: Duration,
    },
    /// An MTU of 0 or of more than [`MAX_MTU`].
    Mtu {
        /// What it says, in bytes.
        value: usize,
    },
    /// `rate` or `capacity` is 0: nothing could ever pass.
    Zero {
        /// The field.
        field: &'static str,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Probability { field, value } => {
                write!(f, "{field} is {value}, and has to be from 0 to 1")
            }
            ConfigError::Delay { field, value } => {
                write!(f, "{field} is {value:?}, at most {MAX_DELAY:?} will do")
            }
            ConfigError::Mtu { value } => {
                write!(f, "mtu is {value}, and has to be from 1 to {MAX_MTU}")
            }
            ConfigError::Zero { field } => {
                write!(f, "{field} is 0: nothing could ever pass")
            }
        }
    }
}

impl Error for ConfigError {}

impl Config {
    /// The bad network of this chapter's programs: every accident, often
    /// enough to meet most of them within ten packets.
    // ANCHOR: bad
    pub fn bad() -> Self {
        Config {
            delay: Duration::from_millis(20),
            jitter: Duration::from_millis(9),
            loss: 0.15,
            duplicate: 0.15,
            corrupt: 0.1,
            reorder: 0.1,
            reorder_by: Duration::from_millis(35),
            ..Config::default()
        }
    }
    // ANCHOR_END: bad

    /// Checks every field. [`Link::new`] does it for you.
    ///
    /// # Errors
    /// [`ConfigError`] names the first field that makes no sense.
    pub fn check(&self) -> Result<(), ConfigError> {
        let burst = self.burst.unwrap_or(Burst {
            begin: 0.0,
            end: 0.0,
            loss: 0.0,
        });
        for (field, value) in [
            ("loss", self.loss),
            ("burst.begin", burst.begin),
            ("burst.end", burst.end),
            ("burst.loss", burst.loss),
            ("duplicate", self.duplicate),
            ("corrupt", self.corrupt),
            ("reorder", self.reorder),
        ] {
            // Not a number is in no range.
            if !(0.0..=1.0).contains(&value) {
                return Err(ConfigError::Probability { field, value });
            }
        }
        for (field, value) in [
            ("delay", self.delay),
            ("jitter", self.jitter),
            ("reorder_by", self.reorder_by),
        ] {
            if value > MAX_DELAY {
                return Err(ConfigError::Delay { field, value });
            }
        }
        let value = self.mtu;
        if !(1..=MAX_MTU).contains(&value) {
            return Err(ConfigError::Mtu { value });
        }
        for (field, zero) in [
            ("rate", self.rate == Some(0)),
            ("capacity", self.capacity == 0),
        ] {
            if zero {
                return Err(ConfigError::Zero { field });
            }
        }
        Ok(())
    }

    /// How long it takes to transmit `len` bytes, rounded up to nanoseconds.
    fn transmission(&self, len: usize) -> Duration {
        const NANOS: u128 = 1_000_000_000;
        let Some(rate) = self.rate else {
            return Duration::ZERO;
        };
        let nanos = (len as u128 * 8 * NANOS).div_ceil(u128::from(rate));
        let seconds = u64::try_from(nanos / NANOS).unwrap_or(u64::MAX);
        Duration::new(seconds, (nanos % NANOS) as u32)
    }
}

/// A packet longer than the link's MTU. The link doesn't take it, and it does
/// not count as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// The packet's length, in bytes.
    pub len: usize,
    /// The limit, in bytes.
    pub mtu: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a packet of {} bytes, the MTU is {}", self.len, self.mtu)
    }
}

impl Error for TooLong {}

/// What became, or will become, of a packet. It is for figures and tests: no
/// sender knows this much, so a protocol on trial must not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Packets are counted from 0 in the order in which they were sent.
    pub number: u64,
    /// When it was sent.
    pub at: Duration,
    /// Its length in bytes.
    pub len: usize,
    /// What happens to it.
    pub fate: Fate,
}

/// Where a packet ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// Dropped: the queue was full.
    QueueFull,
    /// Dropped: beyond [`Config::capacity`].
    Overflow,
    /// Transmitted, and lost.
    Lost {
        /// When its last bit was transmitted.
        transmitted: Duration,
    },
    /// Transmitted, and it arrives.
    Arrives {
        /// When its last bit was transmitted.
        transmitted: Duration,
        /// Its arrival.
        first: Arrival,
        /// The arrival of its duplicate.
        second: Option<Arrival>,
    },
}

/// How one copy of a packet arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Duration,
    /// The bit that is flipped, counted from the most significant bit of the
    /// first byte.
    pub flipped: Option<usize>,
    /// Whether it was held back.
    pub late: bool,
}

/// A packet that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which one it is, as in [`Sent::number`].
    pub number: u64,
    /// When it arrived, however late [`Link::poll`] asked.
    pub at: Duration,
    /// Its bytes, maybe damaged.
    pub packet: Vec<u8>,
}

/// How many packets met which fate. Always:
/// `sent + duplicated == delivered + lost + queue_full + overflow +`
/// [`Link::in_flight`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Calls of [`Link::send`] that returned `Ok`.
    pub sent: u64,
    /// Calls that returned [`TooLong`].
    pub refused: u64,
    /// Dropped because the queue was full.
    pub queue_full: u64,
    /// Dropped because of [`Config::capacity`].
    pub overflow: u64,
    /// Transmitted, and lost.
    pub lost: u64,
    /// Copies that the link added.
    pub duplicated: u64,
    /// Copies with a bit flipped.
    pub corrupted: u64,
    /// Copies that were held back.
    pub late: u64,
    /// Copies that [`Link::poll`] returned.
    pub delivered: u64,
    /// The bytes of those.
    pub delivered_bytes: u64,
}

/// One direction of a network link.
#[derive(Debug, Clone)]
pub struct Link {
    config: Config,
    dice: Dice,
    counters: Counters,
    // The latest time that a caller named.
    clock: Duration,
    // When the transmitter will have nothing left to do.
    idle_at: Duration,
    // When each packet in the queue will leave it.
    queue: VecDeque<Duration>,
    // The arrival of the last packet that was not held back.
    last_in_order: Duration,
    // By time; by order of sending where times are equal.
    arrivals: BTreeMap<(Duration, u64), (u64, Vec<u8>)>,
    copies: u64,
}

impl Link {
    /// A link on which nothing is under way. Another seed has the same
    /// probabilities and other accidents.
    ///
    /// # Errors
    /// [`ConfigError`] says what is wrong with `config`.
    pub fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Link {
            config,
            dice: Dice::new(seed),
            counters: Counters::default(),
            clock: Duration::ZERO,
            idle_at: Duration::ZERO,
            queue: VecDeque::new(),
            last_in_order: Duration::ZERO,
            arrivals: BTreeMap::new(),
            copies: 0,
        })
    }

    /// What the link does to packets.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Changes what the link does to packets sent from now on. What is under
    /// way stays so.
    ///
    /// # Errors
    /// [`ConfigError`] says what is wrong with `config`; nothing has changed.
    pub fn reconfigure(&mut self, config: Config) -> Result<(), ConfigError> {
        config.check()?;
        self.config = config;
        Ok(())
    }

    /// Sends a packet at `now`.
    ///
    /// Time doesn't go back: a `now` earlier than one that the link has seen
    /// counts as that one.
    ///
    /// # Errors
    /// [`TooLong`] if it exceeds the MTU. A packet that gets lost is no error:
    /// nobody would tell a sender.
    pub fn send(
        &mut self,
        now: Duration,
        packet: &[u8],
    ) -> Result<Sent, TooLong> {
        let (len, mtu) = (packet.len(), self.config.mtu);
        if len > mtu {
            self.counters.refused += 1;
            return Err(TooLong { len, mtu });
        }
        self.advance(now);
        let number = self.counters.sent;
        self.counters.sent += 1;
        let fate = self.decide(packet, number);
        let at = self.clock;
        Ok(Sent {
            number,
            at,
            len,
            fate,
        })
    }

    fn decide(&mut self, packet: &[u8], number: u64) -> Fate {
        let roll = self.dice.roll(&self.config);
        let copies = if roll.twice { 2 } else { 1 };
        let busy = self.idle_at > self.clock;
        if busy && self.queue.len() >= self.config.queue {
            self.counters.queue_full += 1;
            return Fate::QueueFull;
        }
        let capacity = self.config.capacity;
        // A packet that will be lost is in the queue alone.
        if self.arrivals.len() + copies > capacity
            || self.queue.len() >= capacity
        {
            self.counters.overflow += 1;
            return Fate::Overflow;
        }
        let transmitted = self.transmit(packet.len());
        if roll.lost {
            self.counters.lost += 1;
            return Fate::Lost { transmitted };
        }
        let [first, second] = roll.copies;
        let first = self.propagate(number, packet, transmitted, first);
        let second = roll.twice.then(|| {
            self.counters.duplicated += 1;
            self.propagate(number, packet, transmitted, second)
        });
        Fate::Arrives {
            transmitted,
            first,
            second,
        }
    }

    /// Puts a packet of `len` bytes behind what is waiting. Returns when its
    /// last bit will have been transmitted.
    fn transmit(&mut self, len: usize) -> Duration {
        let start = self.idle_at.max(self.clock);
        if start > self.clock {
            self.queue.push_back(start);
        }
        self.idle_at = start.saturating_add(self.config.transmission(len));
        self.idle_at
    }

    /// Puts a copy of a packet on its way.
    fn propagate(
        &mut self,
        number: u64,
        packet: &[u8],
        transmitted: Duration,
        roll: CopyRoll,
    ) -> Arrival {
        let Config { delay, jitter, .. } = self.config;
        let mut at = transmitted
            .saturating_add(delay)
            .saturating_add(part_of(jitter, roll.jitter))
            .max(self.last_in_order);
        self.last_in_order = at;
        if roll.late {
            self.counters.late += 1;
            at = at.saturating_add(self.config.reorder_by);
        }
        let mut packet = packet.to_vec();
        let flipped = roll.flip.and_then(|draw| flip(&mut packet, draw));
        self.counters.corrupted += u64::from(flipped.is_some());
        self.arrivals.insert((at, self.copies), (number, packet));
        self.copies += 1;
        let late = roll.late;
        Arrival { at, flipped, late }
    }

    /// The next packet that has arrived by `now`, if there is one. Call it
    /// until there is none.
    pub fn poll(&mut self, now: Duration) -> Option<Delivery> {
        self.advance(now);
        let next = self.arrivals.first_entry()?;
        let (at, _) = *next.key();
        if at > self.clock {
            return None;
        }
        let (number, packet) = next.remove();
        self.counters.delivered += 1;
        self.counters.delivered_bytes += packet.len() as u64;
        Some(Delivery { number, at, packet })
    }

    /// When [`Link::poll`] will have something: sleep until then.
    pub fn next_arrival(&self) -> Option<Duration> {
        let ((at, _), _) = self.arrivals.first_key_value()?;
        Some(*at)
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// How many packets, copies included, will arrive and have not been
    /// polled.
    pub fn in_flight(&self) -> u64 {
        self.arrivals.len() as u64
    }

    /// How many packets wait for the transmitter at `now`.
    pub fn queued(&mut self, now: Duration) -> usize {
        self.advance(now);
        self.queue.len()
    }

    /// How long a packet sent at `now` would wait for the transmitter.
    pub fn wait(&self, now: Duration) -> Duration {
        self.idle_at.saturating_sub(self.clock.max(now))
    }

    fn advance(&mut self, now: Duration) {
        self.clock = self.clock.max(now);
        while self.queue.front().is_some_and(|start| *start <= self.clock) {
            self.queue.pop_front();
        }
    }
}

/// Flips the bit of `packet` that `draw` picks; an empty one has none.
fn flip(packet: &mut [u8], draw: u64) -> Option<usize> {
    let bits = packet.len() as u64 * 8;
    let bit = ((u128::from(draw) * u128::from(bits)) >> 64) as usize;
    *packet.get_mut(bit / 8)? ^= 0x80 >> (bit % 8);
    Some(bit)
}

/// Evenly from 0 to `most`.
fn part_of(most: Duration, draw: u64) -> Duration {
    let nanos = u64::try_from(most.as_nanos()).expect("at most MAX_DELAY");
    let steps = u128::from(nanos) + 1;
    Duration::from_nanos(((u128::from(draw) * steps) >> 64) as u64)
}

/// What chance says about one packet.
struct Roll {
    lost: bool,
    twice: bool,
    copies: [CopyRoll; 2],
}

/// What chance says about one copy of it.
struct CopyRoll {
    flip: Option<u64>,
    jitter: u64,
    late: bool,
}

/// One generator for each kind of fault.
#[derive(Debug, Clone)]
struct Dice {
    in_burst: bool,
    burst: SplitMix64,
    loss: SplitMix64,
    twice: SplitMix64,
    corrupt: SplitMix64,
    bit: SplitMix64,
    jitter: SplitMix64,
    late: SplitMix64,
}

impl Dice {
    fn new(seed: u64) -> Self {
        let mut seeds = SplitMix64::new(seed);
        let mut next = || SplitMix64::new(seeds.next_u64());
        Dice {
            in_burst: false,
            burst: next(),
            loss: next(),
            twice: next(),
            corrupt: next(),
            bit: next(),
            jitter: next(),
            late: next(),
        }
    }

    /// Draws as many numbers from each generator whatever `config` says.
    fn roll(&mut self, config: &Config) -> Roll {
        let change = self.burst.next_unit();
        let loss = match config.burst {
            None => {
                self.in_burst = false;
                config.loss
            }
            Some(burst) => {
                let p = if self.in_burst {
                    burst.end
                } else {
                    burst.begin
                };
                self.in_burst ^= change < p;
                if self.in_burst {
                    burst.loss
                } else {
                    config.loss
                }
            }
        };
        Roll {
            lost: self.loss.next_unit() < loss,
            twice: self.twice.next_unit() < config.duplicate,
            copies: [self.roll_copy(config), self.roll_copy(config)],
        }
    }

    fn roll_copy(&mut self, config: &Config) -> CopyRoll {
        let bit = self.bit.next_u64();
        let corrupt = self.corrupt.next_unit() < config.corrupt;
        CopyRoll {
            flip: corrupt.then_some(bit),
            jitter: self.jitter.next_u64(),
            late: self.late.next_unit() < config.reorder,
        }
    }
}

/// A generator of random numbers: small, quick, the same everywhere, and no
/// secret. Guy Steele, Doug Lea and Christine Flood, *Fast Splittable
/// Pseudorandom Number Generators* (2014), in the form of Sebastiano Vigna's
/// [`splitmix64.c`](https://prng.di.unimi.it/splitmix64.c).
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator whose numbers follow from `seed` alone.
    pub fn new(seed: u64) -> Self {
        SplitMix64(seed)
    }

    /// The next number, any of 2⁶⁴.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number from 0 up to, not including, 1.
    pub fn next_unit(&mut self) -> f64 {
        // 53 bits are what an f64 holds exactly.
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Two links, one each way.
#[derive(Debug, Clone)]
pub struct Cable {
    /// From the one host to the other.
    pub there: Link,
    /// And back.
    pub back: Link,
}

impl Cable {
    /// A cable whose directions have different accidents.
    ///
    /// # Errors
    /// [`ConfigError`] says what is wrong with a configuration.
    pub fn new(
        there: Config,
        back: Config,
        seed: u64,
    ) -> Result<Self, ConfigError> {
        let mut seeds = SplitMix64::new(seed);
        Ok(Cable {
            there: Link::new(there, seeds.next_u64())?,
            back: Link::new(back, seeds.next_u64())?,
        })
    }

    /// When either direction has something to [`Link::poll`].
    pub fn next_arrival(&self) -> Option<Duration> {
        let both = [self.there.next_arrival(), self.back.next_arrival()];
        both.into_iter().flatten().min()
    }
}
