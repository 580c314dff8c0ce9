//! One way to do it.

/// A place, and who has it.
#[derive(Debug)]
struct Place<T> {
    /// How many have had it before.
    generation: u32,
    value: Option<T>,
}

/// See `yours`.
#[derive(Debug)]
pub struct Slots<T> {
    places: Vec<Place<T>>,
    free: Vec<u32>,
}

impl<T> Slots<T> {
    /// See `yours`.
    pub fn empty() -> Self {
        Slots {
            places: Vec::new(),
            free: Vec::new(),
        }
    }

    /// See `yours`.
    pub fn insert(&mut self, value: T) -> u64 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place {
                generation: 0,
                value: None,
            });
            u32::try_from(self.places.len() - 1).expect("memory ends before")
        });
        let place = &mut self.places[index as usize];
        place.value = Some(value);
        u64::from(place.generation) << 32 | u64::from(index)
    }

    /// See `yours`.
    pub fn get(&self, id: u64) -> Option<&T> {
        let (index, generation) = parts(id);
        let place = self.places.get(index as usize)?;
        place
            .value
            .as_ref()
            .filter(|_| place.generation == generation)
    }

    /// See `yours`.
    pub fn remove(&mut self, id: u64) -> Option<T> {
        let (index, generation) = parts(id);
        let place = self.places.get_mut(index as usize)?;
        if place.generation != generation {
            return None;
        }
        let value = place.value.take()?;
        // After four thousand million a place is given up.
        if let Some(next) = generation.checked_add(1) {
            place.generation = next;
            self.free.push(index);
        }
        Some(value)
    }

    /// See `yours`.
    pub fn places(&self) -> usize {
        self.places.len()
    }
}

/// Place and generation.
fn parts(id: u64) -> (u32, u32) {
    (id as u32, (id >> 32) as u32)
}
