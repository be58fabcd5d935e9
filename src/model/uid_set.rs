//! Sets of UIDs as sorted ranges (RFC 9051 section 9, `sequence-set`).

use super::Uid;
use std::fmt;

/// A set of UIDs; memory grows with the number of gaps, not of members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UidSet {
    /// Inclusive, sorted, neither touching nor overlapping.
    ranges: Vec<(u32, u32)>,
}

impl UidSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { ranges: Vec::new() }
    }

    /// All UIDs from `low` to `high`, both included; empty if `low` is above `high`.
    #[must_use]
    pub fn range(low: Uid, high: Uid) -> Self {
        let ranges = if low <= high { vec![(low.get(), high.get())] } else { Vec::new() };
        Self { ranges }
    }

    /// All UIDs of inclusive ranges in any order.
    #[must_use]
    pub fn from_ranges(ranges: impl IntoIterator<Item = (Uid, Uid)>) -> Self {
        let pairs = ranges.into_iter().map(|(a, b)| (a.min(b).get(), a.max(b).get()));
        Self::from_pairs(pairs.collect())
    }

    /// Reads a set sent by a server, such as `1:5,7,12:10`. `*` and `0` are refused: a server never
    /// has a reason to send them.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        let mut pairs = Vec::new();
        for piece in text.split(',') {
            let (a, b) = piece.split_once(':').unwrap_or((piece, piece));
            let (a, b) = (Self::number(a)?, Self::number(b)?);
            pairs.push((a.min(b), a.max(b)));
        }
        Some(Self::from_pairs(pairs))
    }

    fn number(text: &str) -> Option<u32> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u32>().ok().filter(|n| digits && *n != 0)
    }

    fn from_pairs(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::with_capacity(pairs.len());
        for (low, high) in pairs {
            match ranges.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => ranges.push((low, high)),
            }
        }
        Self { ranges }
    }

    /// Adds one UID.
    pub fn insert(&mut self, uid: Uid) {
        let n = uid.get();
        match self.ranges.last_mut() {
            Some(last) if n == last.1.saturating_add(1) => last.1 = n,
            Some(last) if n > last.1 => self.ranges.push((n, n)),
            None => self.ranges.push((n, n)),
            Some(_) => {
                let mut pairs = std::mem::take(&mut self.ranges);
                pairs.push((n, n));
                *self = Self::from_pairs(pairs);
            }
        }
    }

    /// Whether the UID is a member.
    #[must_use]
    pub fn contains(&self, uid: Uid) -> bool {
        let n = uid.get();
        self.ranges
            .binary_search_by(|(low, high)| {
                if *high < n {
                    std::cmp::Ordering::Less
                } else if *low > n {
                    std::cmp::Ordering::Greater
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
    }

    /// Number of members.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|(low, high)| u64::from(high - low) + 1).sum()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The inclusive ranges in ascending order.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = (Uid, Uid)> + '_ {
        self.ranges
            .iter()
            .filter_map(|(low, high)| Some((Uid::from_wire(*low).ok()?, Uid::from_wire(*high).ok()?)))
    }

    /// The members in ascending order. A hostile set can have 2^32 of them: look at [`UidSet::len`] first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Uid> + '_ {
        self.ranges.iter().flat_map(|(low, high)| *low..=*high).filter_map(|n| Uid::from_wire(n).ok())
    }

    /// The members of `self` that are not in `other`; cost grows with the ranges of both.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let mut cuts = other.ranges.iter().copied().peekable();
        for &(low, high) in &self.ranges {
            let mut start = Some(low);
            while let Some(&(cut_low, cut_high)) = cuts.peek() {
                let Some(from) = start else { break };
                if cut_high < from {
                    cuts.next();
                    continue;
                }
                if cut_low > high {
                    break;
                }
                if cut_low > from {
                    ranges.push((from, cut_low - 1));
                }
                start = cut_high.checked_add(1).filter(|next| *next <= high);
                if cut_high <= high {
                    cuts.next();
                }
            }
            if let Some(from) = start {
                ranges.push((from, high));
            }
        }
        Self { ranges }
    }

    /// The members of both sets; cost grows with the ranges of both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::from_pairs(self.ranges.iter().chain(&other.ranges).copied().collect())
    }

    /// Cuts the set into pieces whose text has at most `bytes` bytes each (RFC 7162 section 4: 8,000;
    /// old servers: 1,000). A single range longer than that stays whole.
    #[must_use]
    pub fn chunks(&self, bytes: usize) -> Vec<Self> {
        let mut chunks = Vec::new();
        let mut current = Self::new();
        let mut length = 0;
        for &(low, high) in &self.ranges {
            let text = Self { ranges: vec![(low, high)] }.to_string().len() + 1;
            if length > 0 && length + text > bytes {
                chunks.push(std::mem::take(&mut current));
                length = 0;
            }
            current.ranges.push((low, high));
            length += text;
        }
        if !current.is_empty() {
            chunks.push(current);
        }
        chunks
    }
}

impl FromIterator<Uid> for UidSet {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> Self {
        Self::from_pairs(uids.into_iter().map(|uid| (uid.get(), uid.get())).collect())
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (low, high)) in self.ranges.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            if low == high {
                write!(f, "{comma}{low}")?;
            } else {
                write!(f, "{comma}{low}:{high}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn uid(n: u32) -> Uid {
        Uid::from_wire(n).unwrap()
    }

    #[test]
    fn wire_text_is_normalised() {
        let cases = [("1:5,7,12:10", "1:5,7,10:12"), ("3,2,1", "1:3"), ("4294967295,1", "1,4294967295")];
        for (input, expected) in cases {
            assert_eq!(UidSet::from_wire(input).map(|s| s.to_string()).as_deref(), Some(expected), "{input}");
        }
        for bad in ["", "0", "*", "1:*", "+1", "1,,2", "4294967296", "a"] {
            assert_eq!(UidSet::from_wire(bad), None, "{bad}");
        }
    }

    #[test]
    fn chunks_keep_every_member_within_the_limit() {
        let set: UidSet = (1..2000).step_by(2).map(uid).collect();
        let chunks = set.chunks(1000);
        assert!(chunks.iter().all(|c| c.to_string().len() <= 1000));
        assert_eq!(chunks.iter().flat_map(UidSet::iter).collect::<Vec<_>>(), set.iter().collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn behaves_like_a_set(a in proptest::collection::btree_set(1u32..60, 0..40), b in proptest::collection::btree_set(1u32..60, 0..40)) {
            let make = |s: &BTreeSet<u32>| s.iter().map(|n| uid(*n)).collect::<UidSet>();
            let (left, right) = (make(&a), make(&b));
            let difference: Vec<_> = a.difference(&b).map(|n| uid(*n)).collect();
            prop_assert_eq!(left.difference(&right).iter().collect::<Vec<_>>(), difference);
            prop_assert_eq!(left.union(&right), a.union(&b).map(|n| uid(*n)).collect::<UidSet>());
            prop_assert_eq!(left.len(), a.len() as u64);
            for n in 1..60 { prop_assert_eq!(left.contains(uid(n)), a.contains(&n)); }
            let mut one_by_one = UidSet::new();
            for n in a.iter().rev() { one_by_one.insert(uid(*n)); }
            prop_assert_eq!(&one_by_one, &left);
            if !a.is_empty() { prop_assert_eq!(UidSet::from_wire(&left.to_string()), Some(left)); }
        }
    }
}
