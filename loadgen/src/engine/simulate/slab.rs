//! Values at places that later values use again.

/// Values by their place.
#[derive(Debug)]
pub(super) struct Slab<T> {
    values: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    /// Nothing yet, with room for so many.
    pub(super) fn with_capacity(values: usize) -> Self {
        Self {
            values: Vec::with_capacity(values),
            free: vec![],
        }
    }

    /// Puts a value somewhere; where.
    #[inline]
    pub(super) fn put(&mut self, value: T) -> u32 {
        if let Some(place) = self.free.pop() {
            self.values[place as usize] = Some(value);
            return place;
        }
        self.values.push(Some(value));
        u32::try_from(self.values.len() - 1).expect("a run has fewer sessions than that")
    }

    /// The value at a place.
    pub(super) fn get(&self, place: u32) -> Option<&T> {
        self.values.get(place as usize)?.as_ref()
    }

    /// The same to be changed.
    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        self.values.get_mut(place as usize)?.as_mut()
    }

    /// Removes the value at a place, which is free from now on.
    pub(super) fn remove(&mut self, place: u32) {
        if let Some(value) = self.values.get_mut(place as usize)
            && value.is_some()
        {
            *value = None;
            self.free.push(place);
        }
    }

    /// Takes the value at a place, which is free from now on.
    pub(super) fn take(&mut self, place: u32) -> Option<T> {
        let value = self.values.get_mut(place as usize)?.take()?;
        self.free.push(place);
        Some(value)
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_used_again_once_however_its_value_went() {
        let mut slab = Slab::default();
        let [first, second] = ["first", "second"].map(|value| slab.put(value));
        slab.remove(first);
        slab.remove(first);
        assert_eq!(slab.take(second), Some("second"));
        assert_eq!(slab.take(second), None);
        let places = ["third", "fourth", "fifth"].map(|value| slab.put(value));
        assert_eq!(places, [second, first, 2]);
        assert_eq!(slab.get(first), Some(&"fourth"));
    }
}
