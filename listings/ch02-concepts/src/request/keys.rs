//! The server's half: executes a request once, however often it arrives.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::time::Duration;

/// The most characters of a key. A UUID has 36.
pub const MAX_KEY: usize = 64;

/// The value of an `Idempotency-Key` field: 1 to [`MAX_KEY`] characters, all
/// of them printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

/// Why a field value is no key. `at` counts octets of the value from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadKey {
    /// It does not begin with a quotation mark.
    Unquoted,
    /// It ends before the second quotation mark.
    Unclosed,
    /// An octet that may not stand in a string, or not behind a backslash.
    Octet {
        /// Where.
        at: usize,
    },
    /// Something follows the string.
    Trailing {
        /// Where it begins.
        at: usize,
    },
    /// `""` is a string, and no key.
    Empty,
    /// It has more than [`MAX_KEY`] characters.
    TooLong,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadKey::Unquoted => f.write_str("not in quotation marks"),
            BadKey::Unclosed => f.write_str("no second quotation mark"),
            BadKey::Octet { at } => {
                write!(f, "octet {at} may not stand in a string")
            }
            BadKey::Trailing { at } => {
                write!(f, "octet {at} stands behind the string")
            }
            BadKey::Empty => f.write_str("an empty string"),
            BadKey::TooLong => write!(f, "more than {MAX_KEY} characters"),
        }
    }
}

impl std::error::Error for BadKey {}

impl Key {
    /// Reads a field value: a String of Structured Fields (RFC 9651 sections
    /// 3.3.3 and 4.2.5), such as `"8e03978e-40d5-43e8-bc93-6894a57f9324"`,
    /// quotation marks included. Spaces around it do not matter. Parameters
    /// behind it, which the RFC allows, are refused.
    ///
    /// # Errors
    /// [`BadKey`]: what is wrong, and where.
    pub fn parse(value: &[u8]) -> Result<Self, BadKey> {
        let mut octets = value.iter().copied().enumerate();
        match octets.find(|&(_, octet)| octet != b' ') {
            Some((_, b'"')) => {}
            _ => return Err(BadKey::Unquoted),
        }
        let mut key = String::new();
        loop {
            let (at, octet) = octets.next().ok_or(BadKey::Unclosed)?;
            let octet = match octet {
                b'"' => break,
                b'\\' => match octets.next().ok_or(BadKey::Unclosed)? {
                    (_, escaped @ (b'"' | b'\\')) => escaped,
                    (at, _) => return Err(BadKey::Octet { at }),
                },
                b' '..=b'~' => octet,
                _ => return Err(BadKey::Octet { at }),
            };
            if key.len() == MAX_KEY {
                return Err(BadKey::TooLong);
            }
            key.push(char::from(octet));
        }
        match octets.find(|&(_, octet)| octet != b' ') {
            Some((at, _)) => Err(BadKey::Trailing { at }),
            None if key.is_empty() => Err(BadKey::Empty),
            None => Ok(Key(key)),
        }
    }

    /// The key without quotation marks.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whose request it is, as the server found it out when it authenticated the
/// client. Two clients may use the same key; it means two requests.
pub type Client = u64;

/// What two requests with the same key must have in common: a digest, such as
/// SHA-256, of method, target and content.
pub type Fingerprint = [u8; 32];

// ANCHOR: begin
/// What to do with a request that came with a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Begin<A> {
    /// It is new. Execute it, then [`finish`](Idempotency::finish).
    Execute(Ticket),
    /// It was executed. This was the answer.
    Replay(A),
    /// Do neither.
    Refuse(Refusal),
}

/// Why a request is neither executed nor answered from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 422: another request has this key. The client has a bug.
    KeyReused,
    /// 409: the request is being executed right now.
    InProgress,
    /// 429: this client has as many keys as it may have.
    ClientFull(RetryAfter),
    /// 503: all clients together have as many as there is room for.
    Full(RetryAfter),
}
// ANCHOR_END: begin

/// How long until a key is forgotten and there is room for another.
pub type RetryAfter = Duration;

impl Refusal {
    /// The status code. 422 and 409 are the draft's (section 2.7).
    pub fn status(self) -> u16 {
        match self {
            Refusal::KeyReused => 422,
            Refusal::InProgress => 409,
            Refusal::ClientFull(_) => 429,
            Refusal::Full(_) => 503,
        }
    }

    /// For a `Retry-After` field: how long the client should wait, if waiting
    /// helps.
    pub fn retry_after(self) -> Option<Duration> {
        match self {
            Refusal::KeyReused => None,
            Refusal::InProgress => Some(Duration::from_secs(1)),
            Refusal::ClientFull(wait) | Refusal::Full(wait) => Some(wait),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::KeyReused => "this key belongs to another request",
            Refusal::InProgress => "this request is being executed",
            Refusal::ClientFull(_) => "too many keys of this client",
            Refusal::Full(_) => "too many keys",
        })
    }
}

impl std::error::Error for Refusal {}

/// The right, and the duty, to execute one request.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "finish it, or every repetition is told to wait"]
pub struct Ticket {
    serial: u64,
}

/// How much is remembered, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long after its first arrival a request is remembered. It has to be
    /// longer than any execution, and longer than clients go on trying.
    pub window: Duration,
    /// The most keys at a time.
    pub keys: usize,
    /// The most keys of one client at a time.
    pub keys_per_client: usize,
}

/// Remembers which requests were executed, with their answers, of type `A`.
///
/// Within the window a request is executed at most once. Its memory is bounded:
/// a few hundred bytes and an `A` for each of [`Limits::keys`]. When it is full
/// nothing is forgotten early, since that would execute a request twice; new
/// requests are refused. It forgets everything when the process ends, so
/// where money is at stake it belongs into the database (section 2.5).
#[derive(Debug)]
pub struct Idempotency<A> {
    limits: Limits,
    serials: HashMap<(Client, String), u64>,
    /// By serial number, and so by age.
    entries: BTreeMap<u64, Entry<A>>,
    of_client: HashMap<Client, BTreeSet<u64>>,
    next: u64,
}

#[derive(Debug)]
struct Entry<A> {
    id: (Client, String),
    forget_at: Duration,
    fingerprint: Fingerprint,
    /// `None` while the request is being executed.
    answer: Option<A>,
}

impl<A: Clone> Idempotency<A> {
    /// Remembers nothing yet.
    pub fn new(limits: Limits) -> Self {
        Idempotency {
            limits,
            serials: HashMap::new(),
            entries: BTreeMap::new(),
            of_client: HashMap::new(),
            next: 0,
        }
    }

    // ANCHOR: arrived
    /// A request with `key` arrived from `client` at `now`.
    pub fn begin(
        &mut self,
        client: Client,
        key: &Key,
        fingerprint: Fingerprint,
        now: Duration,
    ) -> Begin<A> {
        self.forget(now);
        let id = (client, key.0.clone());
        if let Some(serial) = self.serials.get(&id) {
            let entry = &self.entries[serial];
            return match &entry.answer {
                _ if entry.fingerprint != fingerprint => {
                    Begin::Refuse(Refusal::KeyReused)
                }
                Some(answer) => Begin::Replay(answer.clone()),
                None => Begin::Refuse(Refusal::InProgress),
            };
        }
        match self.room(client, now) {
            Err(refusal) => Begin::Refuse(refusal),
            Ok(()) => Begin::Execute(self.insert(id, fingerprint, now)),
        }
    }

    /// The request was executed, and this is its answer: also an error that
    /// will not pass. `false`: its window was over before it was.
    pub fn finish(&mut self, ticket: Ticket, answer: A) -> bool {
        let entry = self.entries.get_mut(&ticket.serial);
        entry.map(|entry| entry.answer = Some(answer)).is_some()
    }

    /// The request was not executed and has had no effect: the next one with
    /// its key will be. `false`: its window was over.
    pub fn abandon(&mut self, ticket: Ticket) -> bool {
        self.remove(ticket.serial)
    }
    // ANCHOR_END: arrived

    /// How many keys are remembered. Those whose window is over count until
    /// the next [`begin`](Idempotency::begin).
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn room(&self, client: Client, now: Duration) -> Result<(), Refusal> {
        let wait = |serial: Option<&u64>| {
            let entry = serial.and_then(|serial| self.entries.get(serial));
            entry.map_or(Duration::ZERO, |entry| {
                entry.forget_at.saturating_sub(now)
            })
        };
        let mine = self.of_client.get(&client);
        if mine.map_or(0, BTreeSet::len) >= self.limits.keys_per_client {
            let oldest = mine.and_then(BTreeSet::first);
            return Err(Refusal::ClientFull(wait(oldest)));
        }
        if self.entries.len() >= self.limits.keys {
            return Err(Refusal::Full(wait(self.entries.keys().next())));
        }
        Ok(())
    }

    fn insert(
        &mut self,
        id: (Client, String),
        fingerprint: Fingerprint,
        now: Duration,
    ) -> Ticket {
        let serial = self.next;
        self.next += 1;
        self.serials.insert(id.clone(), serial);
        self.of_client.entry(id.0).or_default().insert(serial);
        let entry = Entry {
            id,
            forget_at: now.saturating_add(self.limits.window),
            fingerprint,
            answer: None,
        };
        self.entries.insert(serial, entry);
        Ticket { serial }
    }

    /// Forgets the requests whose window is over. The oldest come first, for
    /// time does not go back.
    fn forget(&mut self, now: Duration) {
        while let Some((&serial, entry)) = self.entries.first_key_value()
            && entry.forget_at <= now
        {
            self.remove(serial);
        }
    }

    fn remove(&mut self, serial: u64) -> bool {
        let Some(Entry { id, .. }) = self.entries.remove(&serial) else {
            return false;
        };
        if let Some(mine) = self.of_client.get_mut(&id.0) {
            mine.remove(&serial);
            if mine.is_empty() {
                self.of_client.remove(&id.0);
            }
        }
        self.serials.remove(&id);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const ANN: Client = 1;
    const BOB: Client = 2;
    const PAY_10: Fingerprint = [10; 32];
    const PAY_99: Fingerprint = [99; 32];

    fn key(text: &str) -> Key {
        Key(text.into())
    }

    // A minute, three keys, two a client.
    fn store() -> Idempotency<&'static str> {
        Idempotency::new(Limits {
            window: 60 * SECOND,
            keys: 3,
            keys_per_client: 2,
        })
    }

    fn execute<A: fmt::Debug>(begin: Begin<A>) -> Ticket {
        match begin {
            Begin::Execute(ticket) => ticket,
            other => panic!("not to be executed: {other:?}"),
        }
    }

    #[test]
    fn a_repeated_request_is_executed_once_and_answered_twice() {
        let mut store = store();
        let at = |seconds| seconds * SECOND;
        let ticket = execute(store.begin(ANN, &key("k"), PAY_10, at(0)));
        assert!(store.finish(ticket, "paid"));
        for seconds in [0, 1, 59] {
            let begin = store.begin(ANN, &key("k"), PAY_10, at(seconds));
            assert_eq!(begin, Begin::Replay("paid"));
        }
        // A repetition does not make the window longer.
        let _ = execute(store.begin(ANN, &key("k"), PAY_10, at(60)));
    }

    #[test]
    fn another_request_with_the_key_is_refused() {
        let mut store = store();
        let ticket =
            execute(store.begin(ANN, &key("k"), PAY_10, Duration::ZERO));
        let refused = Begin::Refuse(Refusal::KeyReused);
        assert_eq!(store.begin(ANN, &key("k"), PAY_99, SECOND), refused);
        assert!(store.finish(ticket, "paid"));
        assert_eq!(store.begin(ANN, &key("k"), PAY_99, SECOND), refused);
    }

    #[test]
    fn another_client_with_the_key_is_another_request() {
        let mut store = store();
        let ticket = execute(store.begin(ANN, &key("k"), PAY_10, SECOND));
        assert!(store.finish(ticket, "paid for Ann"));
        let _ = execute(store.begin(BOB, &key("k"), PAY_10, SECOND));
    }

    #[test]
    fn a_request_in_progress_is_not_begun_again() {
        let mut store = store();
        let ticket = execute(store.begin(ANN, &key("k"), PAY_10, SECOND));
        let begin = store.begin(ANN, &key("k"), PAY_10, SECOND);
        assert_eq!(begin, Begin::Refuse(Refusal::InProgress));
        assert!(store.abandon(ticket));
        let _ = execute(store.begin(ANN, &key("k"), PAY_10, SECOND));
    }

    #[test]
    fn a_ticket_of_a_window_that_is_over_changes_nothing() {
        let mut store = store();
        let late = execute(store.begin(ANN, &key("k"), PAY_10, SECOND));
        let again = execute(store.begin(ANN, &key("k"), PAY_10, 99 * SECOND));
        assert!(!store.finish(late, "late"));
        let begin = store.begin(ANN, &key("k"), PAY_10, 99 * SECOND);
        assert_eq!(begin, Begin::Refuse(Refusal::InProgress));
        assert!(store.finish(again, "in time"));
        let begin = store.begin(ANN, &key("k"), PAY_10, 99 * SECOND);
        assert_eq!(begin, Begin::Replay("in time"));
    }

    #[test]
    fn one_client_does_not_take_all_the_room() {
        let mut store = store();
        let first = execute(store.begin(ANN, &key("1"), PAY_10, SECOND));
        assert!(store.finish(first, "paid"));
        let second = store.begin(ANN, &key("2"), PAY_10, 2 * SECOND);
        let _second = execute(second);
        let third = store.begin(ANN, &key("3"), PAY_10, 11 * SECOND);
        let refusal = Refusal::ClientFull(50 * SECOND);
        assert_eq!(third, Begin::Refuse(refusal));
        assert_eq!(refusal.retry_after(), Some(50 * SECOND));
        // What is remembered still has its answer, and Bob has room.
        let begin = store.begin(ANN, &key("1"), PAY_10, 11 * SECOND);
        assert_eq!(begin, Begin::Replay("paid"));
        let _ = execute(store.begin(BOB, &key("3"), PAY_10, 11 * SECOND));
        // Now there is none for anybody, until Ann's first is forgotten.
        let begin = store.begin(3, &key("4"), PAY_10, 11 * SECOND);
        let refusal = Refusal::Full(50 * SECOND);
        assert_eq!(begin, Begin::Refuse(refusal));
        let _ = execute(store.begin(3, &key("4"), PAY_10, 61 * SECOND));
        assert_eq!(store.len(), 3);
    }

    #[test]
    fn where_there_is_no_room_at_all_nothing_is_executed() {
        for (keys, keys_per_client, refusal) in [
            (0, 1, Refusal::Full(Duration::ZERO)),
            (1, 0, Refusal::ClientFull(Duration::ZERO)),
        ] {
            let mut store = Idempotency::<()>::new(Limits {
                window: 60 * SECOND,
                keys,
                keys_per_client,
            });
            let begin = store.begin(ANN, &key("k"), PAY_10, SECOND);
            assert_eq!(begin, Begin::Refuse(refusal));
            assert!(store.is_empty());
        }
    }

    #[test]
    fn keys_are_strings_in_quotation_marks() {
        for (value, text) in [
            (r#""8e03978e-40d5""#, "8e03978e-40d5"),
            (r#"  "a b"  "#, "a b"),
            (r#""say \"hi\" \\""#, r#"say "hi" \"#),
        ] {
            assert_eq!(Key::parse(value.as_bytes()).unwrap().as_str(), text);
        }
        let longest = format!("\"{}\"", "k".repeat(MAX_KEY));
        assert!(Key::parse(longest.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_place() {
        let long = format!("\"{}\"", "k".repeat(MAX_KEY + 1));
        for (value, error) in [
            ("", BadKey::Unquoted),
            ("k1", BadKey::Unquoted),
            ("\"k1", BadKey::Unclosed),
            ("\"k1\\", BadKey::Unclosed),
            ("\"k\n1\"", BadKey::Octet { at: 2 }),
            ("\"k\u{fc}\"", BadKey::Octet { at: 2 }),
            ("\"k\\n\"", BadKey::Octet { at: 3 }),
            ("\"k1\";v=1", BadKey::Trailing { at: 4 }),
            ("\"k1\", \"k2\"", BadKey::Trailing { at: 4 }),
            ("\"\"", BadKey::Empty),
            (&long, BadKey::TooLong),
        ] {
            assert_eq!(Key::parse(value.as_bytes()), Err(error), "{value}");
        }
    }

    #[derive(Debug, Clone)]
    enum Event {
        Arrive(Client, usize, u8),
        Finish(usize),
        Abandon(usize),
    }

    fn event() -> impl Strategy<Value = (Event, u32)> {
        let event = prop_oneof![
            4 => (0u64..4, 0usize..4, 0u8..2)
                .prop_map(|(client, key, body)| Event::Arrive(client, key, body)),
            2 => (0usize..4).prop_map(Event::Finish),
            1 => (0usize..4).prop_map(Event::Abandon),
        ];
        (event, 0u32..30)
    }

    proptest! {
        #[test]
        fn within_the_window_it_is_executed_at_most_once_in_bounded_memory(
            events in proptest::collection::vec(event(), 0..200),
            keys in 0usize..6,
            keys_per_client in 0usize..4,
        ) {
            let window = 60 * SECOND;
            let mut store = Idempotency::new(Limits {
                window,
                keys,
                keys_per_client,
            });
            let mut now = Duration::ZERO;
            // Begun and neither finished nor abandoned; what counts as
            // executed; the answers.
            let mut open: Vec<(Ticket, (Client, usize), Duration)> = Vec::new();
            let mut executed: HashMap<(Client, usize), Duration> = HashMap::new();
            let mut answers: HashMap<(Client, usize), usize> = HashMap::new();
            for (n, (event, pause)) in events.into_iter().enumerate() {
                now += pause * SECOND;
                match event {
                    Event::Arrive(client, name, body) => {
                        let id = (client, name);
                        let key = key(&name.to_string());
                        let before = executed.get(&id);
                        match store.begin(client, &key, [body; 32], now) {
                            Begin::Execute(ticket) => {
                                if let Some(&before) = before {
                                    prop_assert!(now >= before + window);
                                }
                                executed.insert(id, now);
                                answers.remove(&id);
                                open.push((ticket, id, now));
                            }
                            Begin::Replay(answer) => {
                                prop_assert_eq!(answers.get(&id), Some(&answer));
                            }
                            Begin::Refuse(Refusal::InProgress) => {
                                prop_assert!(!answers.contains_key(&id));
                                prop_assert!(executed.contains_key(&id));
                            }
                            Begin::Refuse(_) => {}
                        }
                    }
                    Event::Finish(at) if at < open.len() => {
                        let (ticket, id, since) = open.remove(at);
                        if store.finish(ticket, n) {
                            prop_assert_eq!(executed.get(&id), Some(&since));
                            answers.insert(id, n);
                        }
                    }
                    Event::Abandon(at) if at < open.len() => {
                        let (ticket, id, _) = open.remove(at);
                        if store.abandon(ticket) {
                            executed.remove(&id);
                        }
                    }
                    Event::Finish(_) | Event::Abandon(_) => {}
                }
                prop_assert!(store.len() <= keys);
                prop_assert_eq!(store.serials.len(), store.len());
                let mine = store.of_client.values().map(BTreeSet::len);
                prop_assert!(mine.clone().all(|n| n <= keys_per_client));
                prop_assert_eq!(mine.sum::<usize>(), store.len());
            }
        }

        #[test]
        fn any_field_value_is_a_key_or_refused(
            value in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            if let Ok(key) = Key::parse(&value) {
                prop_assert!((1..=MAX_KEY).contains(&key.as_str().len()));
            }
        }

        #[test]
        fn a_key_that_is_written_is_read(text in "[ -~]{1,64}") {
            let escaped = text.replace('\\', r"\\").replace('"', "\\\"");
            let key = Key::parse(format!("\"{escaped}\"").as_bytes()).unwrap();
            prop_assert_eq!(key.as_str(), text);
        }
    }
}
