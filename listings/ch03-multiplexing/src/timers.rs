//! Deadlines, the next one first: a binary heap in which each key has one
//! place, so that a deadline can be moved and taken out again.
//!
//! No clock is read. A time is a [`Duration`] since a moment that the caller
//! chose.

use std::time::Duration;

use slotmap::{Key, SecondaryMap};

/// A time in 8 bytes, where a [`Duration`] takes 16: nanoseconds. What is
/// more than 584 years away is [`Moment::NEVER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// Later than all others, whatever is added.
    pub const NEVER: Moment = Moment(u64::MAX);

    /// `wait` later.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Moment(self.0.saturating_add(Moment::from(wait).0))
    }
}

impl From<Duration> for Moment {
    fn from(time: Duration) -> Self {
        u64::try_from(time.as_nanos()).map_or(Moment::NEVER, Moment)
    }
}

impl From<Moment> for Duration {
    fn from(moment: Moment) -> Self {
        Duration::from_nanos(moment.0)
    }
}

/// At most one deadline for each key.
///
/// Setting, moving and taking out cost the logarithm of how many there are;
/// asking for the next costs nothing. Memory: 16 bytes a deadline and 8 a
/// key, rounded up to a power of two.
// ANCHOR: timers
#[derive(Debug)]
pub struct Timers<K: Key> {
    /// A heap: no entry is earlier than the one at half the index before it.
    heap: Vec<(Moment, K)>,
    /// Where in the heap a key's deadline is.
    places: SecondaryMap<K, u32>,
}
// ANCHOR_END: timers

impl<K: Key> Default for Timers<K> {
    fn default() -> Self {
        Timers {
            heap: Vec::new(),
            places: SecondaryMap::new(),
        }
    }
}

impl<K: Key> Timers<K> {
    /// How many keys have a deadline.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether no key has a deadline.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The next deadline.
    pub fn next(&self) -> Option<Duration> {
        self.heap.first().map(|(at, _)| (*at).into())
    }

    /// The deadline of `key`.
    pub fn get(&self, key: K) -> Option<Duration> {
        let place = *self.places.get(key)?;
        Some(self.heap[place as usize].0.into())
    }

    // ANCHOR: set
    /// Gives `key` the deadline `at`, in place of the one it has.
    ///
    /// # Panics
    /// If there are 2^32 deadlines.
    pub fn set(&mut self, key: K, at: impl Into<Moment>) {
        let at = at.into();
        let place = match self.places.get(key) {
            Some(place) => {
                let place = *place as usize;
                self.heap[place].0 = at;
                place
            }
            None => {
                self.heap.push((at, key));
                self.heap.len() - 1
            }
        };
        self.settle(place);
    }

    /// Gives `key` the deadline `at`, unless it has an earlier one.
    ///
    /// # Panics
    /// As [`Timers::set`].
    pub fn bring_forward(&mut self, key: K, at: Moment) {
        let place = self.places.get(key);
        if place.is_none_or(|place| self.heap[*place as usize].0 > at) {
            self.set(key, at);
        }
    }

    /// Takes the deadline of `key` out.
    pub fn remove(&mut self, key: K) {
        if let Some(place) = self.places.remove(key) {
            let place = place as usize;
            self.heap.swap_remove(place);
            if place < self.heap.len() {
                self.settle(place);
            }
        }
    }

    /// Takes out the next key whose deadline is not after `now`.
    pub fn pop_due(&mut self, now: Duration) -> Option<K> {
        let (at, key) = *self.heap.first()?;
        (at <= now.into()).then(|| {
            self.remove(key);
            key
        })
    }
    // ANCHOR_END: set

    /// Moves the entry at `place` up or down to where it belongs.
    fn settle(&mut self, mut place: usize) {
        while place > 0 {
            let above = (place - 1) / 2;
            if self.heap[above].0 <= self.heap[place].0 {
                break;
            }
            self.swap(place, above);
            place = above;
        }
        loop {
            let left = 2 * place + 1;
            let below = [left, left + 1]
                .into_iter()
                .filter(|below| *below < self.heap.len())
                .min_by_key(|below| self.heap[*below].0);
            match below {
                Some(below) if self.heap[below].0 < self.heap[place].0 => {
                    self.swap(place, below);
                    place = below;
                }
                _ => break,
            }
        }
        self.note(place);
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.note(a);
        self.note(b);
    }

    fn note(&mut self, place: usize) {
        let key = self.heap[place].1;
        let place = u32::try_from(place).expect("fewer than 2^32 deadlines");
        self.places.insert(key, place);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use slotmap::{DefaultKey, SlotMap};

    use super::*;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_earliest_is_next_whatever_the_order_of_setting() {
        let mut keys = SlotMap::new();
        let [a, b, c] = [(); 3].map(|()| keys.insert(()));
        let mut timers = Timers::default();
        timers.set(b, secs(2));
        timers.set(c, secs(3));
        timers.set(a, secs(1));
        assert_eq!(timers.next(), Some(secs(1)));
        assert_eq!(timers.pop_due(Duration::from_millis(999)), None);
        assert_eq!(timers.pop_due(secs(2)), Some(a));
        assert_eq!(timers.pop_due(secs(2)), Some(b));
        assert_eq!(timers.pop_due(secs(2)), None);
        assert_eq!(timers.len(), 1);
    }

    #[test]
    fn a_deadline_can_be_moved_and_taken_out() {
        let mut keys = SlotMap::new();
        let [a, b] = [(); 2].map(|()| keys.insert(()));
        let mut timers = Timers::default();
        timers.set(a, secs(1));
        timers.set(b, secs(2));
        timers.set(a, secs(3));
        assert_eq!(timers.len(), 2);
        assert_eq!(timers.get(a), Some(secs(3)));
        timers.remove(b);
        timers.remove(b);
        assert_eq!(timers.pop_due(secs(9)), Some(a));
        assert!(timers.is_empty());
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_moment_is_exact_and_does_not_wrap() {
        let time = Duration::new(600, 123_456_789);
        assert_eq!(Duration::from(Moment::from(time)), time);
        assert!(Moment::from(secs(600)) < Moment::from(time));
        assert_eq!(Moment::from(Duration::MAX), Moment::NEVER);
        assert_eq!(Moment::NEVER.after(time), Moment::NEVER);
    }

    /// Set (a key, a time), brought forward, taken out (a key), or asked for what is due.
    #[derive(Debug, Clone)]
    enum Step {
        Set(usize, u64),
        Forward(usize, u64),
        Remove(usize),
        Pop(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..8_usize, 0..50_u64).prop_map(|(k, t)| Step::Set(k, t)),
            1 => (0..8_usize, 0..50_u64)
                .prop_map(|(k, t)| Step::Forward(k, t)),
            1 => (0..8_usize).prop_map(Step::Remove),
            1 => (0..50_u64).prop_map(Step::Pop),
        ]
    }

    proptest! {
        /// As a map that is searched for its smallest value.
        #[test]
        fn it_behaves_as_the_obvious_thing_does(
            steps in proptest::collection::vec(step(), 0..80)
        ) {
            let mut slots: SlotMap<DefaultKey, ()> = SlotMap::new();
            let keys: Vec<_> = (0..8).map(|_| slots.insert(())).collect();
            let mut timers = Timers::default();
            let mut model: BTreeMap<DefaultKey, Duration> = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Set(key, at) => {
                        timers.set(keys[key], secs(at));
                        model.insert(keys[key], secs(at));
                    }
                    Step::Forward(key, at) => {
                        timers.bring_forward(keys[key], secs(at).into());
                        let known = model.entry(keys[key]);
                        let known = known.or_insert(secs(at));
                        *known = secs(at).min(*known);
                    }
                    Step::Remove(key) => {
                        timers.remove(keys[key]);
                        model.remove(&keys[key]);
                    }
                    Step::Pop(now) => match timers.pop_due(secs(now)) {
                        Some(key) => {
                            let at = model.remove(&key);
                            prop_assert!(at.is_some_and(|at| at <= secs(now)));
                            let first = model.values().min();
                            prop_assert!(first.is_none_or(|f| Some(*f) >= at));
                        }
                        None => {
                            let mut all = model.values();
                            prop_assert!(all.all(|at| *at > secs(now)));
                        }
                    },
                }
                prop_assert_eq!(timers.len(), model.len());
                prop_assert_eq!(timers.next(), model.values().min().copied());
                for key in &keys {
                    prop_assert_eq!(timers.get(*key), model.get(key).copied());
                }
            }
        }
    }
}
