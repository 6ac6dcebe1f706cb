//! Times of a clock on the wall as instants, where clocks are put forward and back.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// When a clock shows a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Local {
    /// Once.
    Once(Timestamp),
    /// Never, since it was put forward over it.
    Skipped {
        /// When it was put forward.
        at: Timestamp,
        /// By how much.
        by: SignedDuration,
    },
    /// Twice, since it was put back.
    Twice(Timestamp, Timestamp),
}

impl Local {
    /// When something starts that is planned for this time, by schedulers of which nothing else is known (assumed): as much later
    /// as the clock is put forward over it, and the first time that the clock shows it.
    pub(super) fn start(zone: &TimeZone, time: DateTime) -> Option<Timestamp> {
        match Self::of(zone, time)? {
            Self::Once(start) | Self::Twice(start, _) => Some(start),
            Self::Skipped { by, .. } => match Self::of(zone, time.checked_add(by).ok()?)? {
                Self::Once(start) => Some(start),
                _ => None,
            },
        }
    }

    /// When a clock of this zone shows this time; none: beyond what a calendar has.
    pub(super) fn of(zone: &TimeZone, time: DateTime) -> Option<Self> {
        match zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => {
                Some(Self::Once(offset.to_timestamp(time).ok()?))
            }
            AmbiguousOffset::Fold { before, after } => Some(Self::Twice(
                before.to_timestamp(time).ok()?,
                after.to_timestamp(time).ok()?,
            )),
            AmbiguousOffset::Gap { before, after } => {
                let later = before.to_timestamp(time).ok()?;
                let later = later.checked_add(SignedDuration::from_nanos(1)).ok()?;
                let by = i64::from(after.seconds()) - i64::from(before.seconds());
                Some(Self::Skipped {
                    at: zone.preceding(later).next()?.timestamp(),
                    by: SignedDuration::from_secs(by),
                })
            }
        }
    }
}
