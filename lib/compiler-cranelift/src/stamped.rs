//! Maps that are emptied in constant time.

use std::marker::PhantomData;

use cranelift_entity::EntityRef;

/// A map from dense indices that is reused for function after function.
///
/// Each entry carries the number of the round in which it was made, so a new round makes all entries void without
/// touching them: a function of a module with many functions pays only for those that it mentions.
pub(crate) struct Stamped<K, V> {
    entries: Vec<(u32, Option<V>)>,
    round: u32,
    key: PhantomData<fn(K)>,
}

impl<K: EntityRef, V: Copy> Stamped<K, V> {
    /// An empty map.
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new(), round: 1, key: PhantomData }
    }

    /// Removes every entry.
    pub(crate) fn clear(&mut self) {
        match self.round.checked_add(1) {
            Some(round) => self.round = round,
            None => *self = Self::new(),
        }
    }

    /// The entry of `key`.
    pub(crate) fn get(&self, key: K) -> Option<V> {
        match self.entries.get(key.index()) {
            Some(&(round, value)) if round == self.round => value,
            _ => None,
        }
    }

    /// Sets the entry of `key`.
    pub(crate) fn set(&mut self, key: K, value: V) {
        if key.index() >= self.entries.len() {
            self.entries.resize(key.index() + 1, (0, None));
        }
        self.entries[key.index()] = (self.round, Some(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmer_types::FunctionIndex;

    #[test]
    fn rounds() {
        let mut map = Stamped::new();
        let key = FunctionIndex::new(3);
        assert_eq!(map.get(key), None);
        map.set(key, 7);
        assert_eq!((map.get(key), map.get(FunctionIndex::new(2))), (Some(7), None));
        map.clear();
        assert_eq!(map.get(key), None);
        map.round = u32::MAX;
        map.set(key, 8);
        map.clear();
        assert_eq!(map.get(key), None);
    }
}
