//! The days of which a scenario is made.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Error, Timestamp, ToSpan};

use crate::scenario::definition::MOST_SESSIONS;

/// The most starts that are made of a schedule: a scenario has no more sessions.
pub(super) const MOST_STARTS: usize = MOST_SESSIONS as usize;

/// Whole days of a zone: 23 to 25 hours long where clocks change.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// The zone of its days, and of jobs that name none.
    pub zone: TimeZone,
    from: Timestamp,
    /// Not in it.
    to: Timestamp,
}

impl Window {
    /// So many days from this one on.
    ///
    /// # Errors
    /// If they are beyond what a calendar has.
    pub(crate) fn new(zone: TimeZone, first: Date, days: i64) -> Result<Self, Error> {
        let start_of = |day: Date| {
            let midnight = day.to_datetime(jiff::civil::Time::midnight());
            let zoned = zone.to_ambiguous_zoned_datetime(midnight).compatible()?;
            Ok::<_, Error>(zoned.start_of_day()?.timestamp())
        };
        let (from, to) = (start_of(first)?, start_of(first.checked_add(days.days())?)?);
        Ok(Self { zone, from, to })
    }

    /// When it begins, and when it ends.
    pub(super) fn bounds(&self) -> (Timestamp, Timestamp) {
        (self.from, self.to)
    }

    pub(crate) fn has(&self, time: Timestamp) -> bool {
        (self.from..self.to).contains(&time)
    }

    /// How long after its beginning that is.
    pub(crate) fn offset(&self, time: Timestamp) -> Duration {
        Duration::try_from(time.duration_since(self.from)).unwrap_or_default()
    }

    /// The time so long after its beginning.
    pub(crate) fn time(&self, offset: Duration) -> Timestamp {
        self.from.checked_add(offset).unwrap_or(self.to)
    }

    /// How long it is.
    pub(crate) fn length(&self) -> Duration {
        self.offset(self.to)
    }

    /// One of the same length, so much earlier.
    ///
    /// # Errors
    /// If it would be beyond what a calendar has.
    pub(super) fn earlier(&self, by: Duration) -> Result<Self, Error> {
        Ok(Self {
            zone: self.zone.clone(),
            from: self.from.checked_sub(by)?,
            to: self.to.checked_sub(by)?,
        })
    }

    /// The dates that a zone has within it.
    pub(super) fn dates(&self, zone: &TimeZone) -> impl Iterator<Item = Date> {
        let date = |time: Timestamp| zone.to_datetime(time).date();
        let last = date(self.to);
        date(self.from)
            .series(1.day())
            .take_while(move |date| *date <= last)
    }
}
