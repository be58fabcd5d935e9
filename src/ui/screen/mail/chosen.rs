//! The chosen messages: any number of them, a million as quickly as one.
//!
//! A bit for each id, in blocks by id: ids of one folder lie close together, so that all of a folder with a million
//! messages takes about 150 KB, and adding a range costs a few milliseconds instead of freezing a frame.

use crate::model::MessageId;
use std::collections::BTreeMap;

/// Ids in one block.
const BLOCK: i64 = 4_096;
/// Words in one block.
const WORDS: usize = 64;

/// A set of messages.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    blocks: BTreeMap<i64, Block>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Block(Box<[u64; WORDS]>);

impl Block {
    fn empty() -> Self {
        Self(Box::new([0; WORDS]))
    }

    fn word(&mut self, place: u32) -> Option<&mut u64> {
        self.0.get_mut(usize::try_from(place / u64::BITS).ok()?)
    }

    /// Sets a bit; tells whether it is new.
    fn set(&mut self, place: u32) -> bool {
        let bit = 1 << (place % u64::BITS);
        self.word(place).is_some_and(|word| {
            let new = *word & bit == 0;
            *word |= bit;
            new
        })
    }

    /// Clears a bit; tells whether it was set.
    fn clear(&mut self, place: u32) -> bool {
        let bit = 1 << (place % u64::BITS);
        self.word(place).is_some_and(|word| {
            let was = *word & bit != 0;
            *word &= !bit;
            was
        })
    }

    fn has(&self, place: u32) -> bool {
        let word = usize::try_from(place / u64::BITS).ok().and_then(|word| self.0.get(word));
        word.is_some_and(|word| word & (1 << (place % u64::BITS)) != 0)
    }

    fn count(&self) -> usize {
        self.0.iter().map(|word| usize::try_from(word.count_ones()).unwrap_or(0)).sum()
    }
}

/// Block and place in it.
fn place(id: MessageId) -> (i64, u32) {
    let row = id.to_row();
    (row.div_euclid(BLOCK), u32::try_from(row.rem_euclid(BLOCK)).unwrap_or(0))
}

impl Chosen {
    /// One message.
    #[must_use]
    pub fn one(id: MessageId) -> Self {
        let mut chosen = Self::default();
        chosen.insert(id);
        chosen
    }

    /// Number of messages.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a message is among them.
    #[must_use]
    pub fn contains(&self, id: &MessageId) -> bool {
        let (block, place) = place(*id);
        self.blocks.get(&block).is_some_and(|block| block.has(place))
    }

    /// Adds a message; tells whether it is new.
    pub fn insert(&mut self, id: MessageId) -> bool {
        let (block, place) = place(id);
        let new = self.blocks.entry(block).or_insert_with(Block::empty).set(place);
        self.len += usize::from(new);
        new
    }

    /// Takes a message out; tells whether it was there.
    pub fn remove(&mut self, id: &MessageId) -> bool {
        let (block, place) = place(*id);
        let was = self.blocks.get_mut(&block).is_some_and(|block| block.clear(place));
        self.len -= usize::from(was);
        was
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps only those that are in the other set, too.
    pub fn intersect(&mut self, other: &Self) {
        self.blocks.retain(|number, block| {
            let Some(other) = other.blocks.get(number) else { return false };
            let mut any = 0;
            for (word, mask) in block.0.iter_mut().zip(other.0.iter()) {
                *word &= mask;
                any |= *word;
            }
            any != 0
        });
        self.len = self.blocks.values().map(Block::count).sum();
    }

    /// The messages in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.blocks.iter().flat_map(|(number, block)| {
            let first = number.saturating_mul(BLOCK);
            let places = 0..u32::try_from(BLOCK).unwrap_or(0);
            places
                .filter(|place| block.has(*place))
                .map(move |place| MessageId::from_row(first.saturating_add(i64::from(place))))
        })
    }

    /// The messages as commands carry them.
    #[must_use]
    pub fn to_vec(&self) -> Vec<MessageId> {
        let mut all = Vec::with_capacity(self.len);
        all.extend(self.iter());
        all
    }
}

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        // Blocks may be there without holding anything.
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Chosen {}

impl<const N: usize> From<[MessageId; N]> for Chosen {
    fn from(ids: [MessageId; N]) -> Self {
        ids.iter().collect()
    }
}

impl<'a> Extend<&'a MessageId> for Chosen {
    fn extend<T: IntoIterator<Item = &'a MessageId>>(&mut self, ids: T) {
        let mut ids = ids.into_iter().map(|id| place(*id)).peekable();
        while let Some((number, first)) = ids.next() {
            // Neighbors in the list mostly lie in the same block.
            let block = self.blocks.entry(number).or_insert_with(Block::empty);
            self.len += usize::from(block.set(first));
            while let Some((_, place)) = ids.next_if(|(next, _)| *next == number) {
                self.len += usize::from(block.set(place));
            }
        }
    }
}

impl<'a> FromIterator<&'a MessageId> for Chosen {
    fn from_iter<T: IntoIterator<Item = &'a MessageId>>(ids: T) -> Self {
        let mut chosen = Self::default();
        chosen.extend(ids);
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn id(row: i64) -> MessageId {
        MessageId::from_row(row)
    }

    proptest! {
        #[test]
        fn it_is_a_set(steps in prop::collection::vec((0..4_u8, -9_000_i64..9_000), 0..80)) {
            let (mut chosen, mut plain) = (Chosen::default(), BTreeSet::new());
            for (step, row) in steps {
                match step {
                    0 => prop_assert_eq!(chosen.insert(id(row)), plain.insert(id(row))),
                    1 => prop_assert_eq!(chosen.remove(&id(row)), plain.remove(&id(row))),
                    2 => {
                        let range: Vec<_> = (row..row + 300).rev().map(id).collect();
                        chosen.extend(&range);
                        plain.extend(range);
                    }
                    _ => {
                        let range: Vec<_> = (row..row + 5_000).map(id).collect();
                        chosen.intersect(&range.iter().collect());
                        plain.retain(|id| range.contains(id));
                    }
                }
                prop_assert_eq!(chosen.len(), plain.len());
                prop_assert_eq!(chosen.is_empty(), plain.is_empty());
                prop_assert_eq!(chosen.contains(&id(row)), plain.contains(&id(row)));
            }
            prop_assert_eq!(chosen.to_vec(), plain.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn ids_at_the_ends_of_their_range_are_no_problem() {
        let ends = [id(i64::MIN), id(i64::MAX), id(0), id(-1)];
        let chosen: Chosen = ends.iter().collect();
        assert_eq!(chosen.len(), 4);
        assert!(ends.iter().all(|id| chosen.contains(id)));
        assert_eq!(Chosen::one(id(3)).to_vec(), [id(3)]);
    }
}
