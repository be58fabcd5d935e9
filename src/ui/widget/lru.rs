//! Things that are costly to make (shaped text), kept while they are near.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

struct Entry<T> {
    mark: u64,
    used: u64,
    thing: Rc<T>,
}

/// Least recently used things go first. What was used in the current frame always stays: the renderer holds
/// only weak references to paragraphs.
pub(crate) struct Lru<T> {
    entries: HashMap<u64, Entry<T>>,
    frame: u64,
    most: usize,
}

/// Mark of everything that a thing depends on.
pub(crate) fn mark(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl<T> Lru<T> {
    /// Keeps about this many things.
    pub(crate) fn new(most: usize) -> Self {
        Self { entries: HashMap::new(), frame: 0, most }
    }

    /// A frame starts: what hasn't been used for long may go.
    pub(crate) fn start_frame(&mut self) {
        self.frame += 1;
        if self.entries.len() > self.most {
            let mut ages: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
            ages.sort_unstable();
            let oldest_kept = ages.get(ages.len() / 2).copied().unwrap_or(0).min(self.frame - 1);
            self.entries.retain(|_, entry| entry.used >= oldest_kept);
        }
    }

    /// A thing, made if it isn't there or is no longer true.
    pub(crate) fn get(&mut self, id: u64, mark: u64, make: impl FnOnce() -> T) -> Rc<T> {
        let frame = self.frame;
        if let Some(entry) = self.entries.get_mut(&id)
            && entry.mark == mark
        {
            entry.used = frame;
            return Rc::clone(&entry.thing);
        }
        let thing = Rc::new(make());
        self.entries.insert(id, Entry { mark, used: frame, thing: Rc::clone(&thing) });
        thing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_made_once_until_it_changes() {
        let mut lru = Lru::new(8);
        let mut made = 0;
        for mark in [1, 1, 2, 2] {
            lru.start_frame();
            lru.get(7, mark, || made += 1);
        }
        assert_eq!(made, 2);
    }

    #[test]
    fn old_things_go_and_current_ones_stay() {
        let mut lru = Lru::new(512);
        for id in 0..2_000 {
            lru.start_frame();
            lru.get(id, 0, || ());
            assert!(lru.entries.contains_key(&id));
        }
        assert!(lru.entries.len() <= 513, "{}", lru.entries.len());
    }

    #[test]
    fn marks_follow_the_content() {
        assert_eq!(mark(("a", 1)), mark(("a", 1)));
        assert_ne!(mark(("a", 1)), mark(("b", 1)));
    }
}
