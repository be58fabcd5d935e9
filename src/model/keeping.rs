//! Which bodies are kept on this computer.

use crate::model::{SpecialUse, UnixTime};

/// Which bodies of a mailbox are fetched without being asked for. What the user opens is fetched in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyPolicy {
    /// None.
    None,
    /// Those of messages that arrived within so many days.
    Days(u32),
    /// All.
    All,
}

impl BodyPolicy {
    /// What is kept if the user said nothing: enough for a journey without a network.
    pub const USUAL: Self = Self::Days(90);

    /// Seconds of a day.
    const DAY: i64 = 24 * 60 * 60;

    /// What holds for a mailbox: its own setting, else that of the account, else the usual one. What was
    /// thrown away, and what others threw at us, is fetched only if the user asks for it by name.
    #[must_use]
    pub fn of_mailbox(own: Option<Self>, account: Option<Self>, special_use: Option<SpecialUse>) -> Self {
        let unwanted = matches!(special_use, Some(SpecialUse::Junk | SpecialUse::Trash));
        own.unwrap_or_else(|| if unwanted { Self::None } else { account.unwrap_or(Self::USUAL) })
    }

    /// Messages that arrived from then on are kept; `None`: no message is.
    #[must_use]
    pub fn since(self, now: UnixTime) -> Option<UnixTime> {
        match self {
            Self::None | Self::Days(0) => None,
            Self::Days(days) => Some(UnixTime(now.0.saturating_sub(i64::from(days) * Self::DAY))),
            Self::All => Some(UnixTime(i64::MIN)),
        }
    }

    /// The number in the store: days, 0 for none, -1 for all.
    #[must_use]
    pub fn to_row(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Days(days) => i64::from(days),
            Self::All => -1,
        }
    }

    /// Reads [`BodyPolicy::to_row`] back; what no version wrote counts as the usual.
    #[must_use]
    pub fn from_row(days: i64) -> Self {
        match days {
            -1 => Self::All,
            0 => Self::None,
            days => u32::try_from(days).map_or(Self::USUAL, Self::Days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearer_counts_and_junk_is_left_where_it_is() {
        let of = BodyPolicy::of_mailbox;
        let (all, none, usual) = (BodyPolicy::All, BodyPolicy::None, BodyPolicy::USUAL);
        assert_eq!(of(None, None, Some(SpecialUse::Inbox)), usual);
        assert_eq!(of(None, Some(all), None), all);
        assert_eq!(of(Some(none), Some(all), None), none);
        assert_eq!(of(None, Some(all), Some(SpecialUse::Junk)), none);
        assert_eq!(of(Some(BodyPolicy::Days(7)), None, Some(SpecialUse::Trash)), BodyPolicy::Days(7));
    }

    #[test]
    fn days_are_counted_back_and_survive_the_store() {
        let now = UnixTime(1_000_000);
        assert_eq!(BodyPolicy::Days(2).since(now), Some(UnixTime(1_000_000 - 172_800)));
        assert_eq!(BodyPolicy::None.since(now), None);
        assert!(BodyPolicy::All.since(now).is_some_and(|since| since < UnixTime(-1)));
        for policy in [BodyPolicy::None, BodyPolicy::USUAL, BodyPolicy::Days(1), BodyPolicy::All] {
            assert_eq!(BodyPolicy::from_row(policy.to_row()), policy);
        }
        assert_eq!(BodyPolicy::from_row(-7), BodyPolicy::USUAL);
    }
}
