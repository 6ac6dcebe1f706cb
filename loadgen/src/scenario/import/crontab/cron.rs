//! A time of a crontab, and the instants at which it starts its job.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::field::Field;
use crate::scenario::import::local::Local;
use crate::scenario::import::window::Window;

/// Changes of the clock by more are no daylight saving, and treated as a new time of the clock (cron(8)).
const LONGEST_CHANGE: SignedDuration = SignedDuration::from_hours(3);

/// Minutes, hours and days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    /// Sunday is bit 0.
    weekdays: u64,
    /// Whether either of day of the month and day of the week will do: neither field begins with a `*` (crontab(5)).
    either: bool,
    /// Whether it runs at specific times: neither minute nor hour begins with a `*`.
    specific: bool,
}

impl Cron {
    pub(super) fn new([minute, hour, day, month, weekday]: [Field; 5]) -> Self {
        Self {
            minutes: minute.values,
            hours: hour.values,
            days: day.values,
            months: month.values,
            weekdays: weekday.values | weekday.values >> 7,
            either: !day.star && !weekday.star,
            specific: !minute.star && !hour.star,
        }
    }

    /// When it starts within the window. Vixie cron (cron(8)): jobs at specific times that the clock was put forward over
    /// start as soon as that is noticed, and they start once where it was put back; other jobs follow the clock.
    pub(crate) fn starts(&self, zone: &TimeZone, window: &Window) -> Vec<Timestamp> {
        let dates = window.dates(zone).filter(|date| self.is_on(*date));
        let mut starts = vec![];
        for time in dates.flat_map(|date| self.times(date)) {
            match Local::of(zone, time) {
                Some(Local::Once(at)) => starts.push(at),
                Some(Local::Twice(first, second)) => {
                    starts.push(first);
                    starts.extend((!self.specific).then_some(second));
                }
                Some(Local::Skipped { at, by }) if self.specific && by < LONGEST_CHANGE => {
                    starts.push(at);
                }
                Some(Local::Skipped { .. }) | None => {}
            }
        }
        starts.retain(|start| window.has(*start));
        starts.sort_unstable();
        starts
    }

    fn is_on(&self, date: Date) -> bool {
        let has = |values: u64, value: i8| values >> value & 1 == 1;
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, sunday_is_0(date.weekday()));
        let days = if self.either {
            day || weekday
        } else {
            day && weekday
        };
        has(self.months, date.month()) && days
    }

    fn times(&self, date: Date) -> impl Iterator<Item = DateTime> {
        let bits = |values: u64, most: i8| (0..most).filter(move |bit| values >> bit & 1 == 1);
        let minutes = self.minutes;
        bits(self.hours, 24)
            .flat_map(move |hour| bits(minutes, 60).map(move |minute| date.at(hour, minute, 0, 0)))
    }
}

fn sunday_is_0(day: Weekday) -> i8 {
    day.to_sunday_zero_offset()
}
