//! Triggers of a time, and the instants at which they start their task.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::days::Days;
use super::length::length;
use super::problems::Problems;
use super::xml::Element;
use crate::scenario::import::local::Local;
use crate::scenario::import::window::{MOST_STARTS, Window};

/// The least and the greatest time between repetitions (documented; of random delays the greatest is assumed).
const LEAST_INTERVAL: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(31 * 24);

/// What every trigger of a time may have. `ExecutionTimeLimit` ends a task, and starts none.
const OF_ALL: [&str; 6] = [
    "Enabled",
    "StartBoundary",
    "EndBoundary",
    "Repetition",
    "ExecutionTimeLimit",
    "RandomDelay",
];

const OF_CALENDAR: [&str; 4] = [
    "ScheduleByDay",
    "ScheduleByWeek",
    "ScheduleByMonth",
    "ScheduleByMonthDayOfWeek",
];

/// How many days before the days that are asked for a trigger may have been due last: a 29th of February may be 8 years ago.
const LOOK_BACK: i64 = 8 * 366;

/// A trigger of a time.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    days: Days,
    start: Boundary,
    /// None of its starts is then or later.
    end: Option<Boundary>,
    repetition: Option<Repetition>,
}

/// A date and time, and the offset from UTC where it has one.
#[derive(Clone, Debug)]
struct Boundary {
    time: DateTime,
    zone: Option<TimeZone>,
}

/// It starts again each `interval`, for so long; none: until it is due again.
#[derive(Clone, Copy, Debug)]
struct Repetition {
    interval: SignedDuration,
    length: Option<SignedDuration>,
}

impl Trigger {
    /// A `TimeTrigger` or a `CalendarTrigger`, with its random delay. None: it is wrong, which is told.
    pub(super) fn read(trigger: &Element, problems: &mut Problems) -> Option<(Self, Duration)> {
        let days = days(trigger, problems);
        let start = boundary(trigger, "StartBoundary", problems);
        let end = boundary(trigger, "EndBoundary", problems);
        let repetition = trigger.child("Repetition");
        let repetition = repetition.and_then(|one| Repetition::read(one, problems));
        let delay = delay(trigger, problems);
        let read = Self {
            days: days?,
            start: start?,
            end,
            repetition,
        };
        Some((read, delay))
    }

    /// The zone of its times, where it has one.
    pub(super) fn zone(&self) -> Option<&TimeZone> {
        self.start.zone.as_ref()
    }

    /// When it starts its task within the window.
    pub(crate) fn starts(&self, zone: &TimeZone, window: &Window) -> Vec<Timestamp> {
        let own = self.zone().unwrap_or(zone);
        let (_, to) = window.bounds();
        let end = self.end.as_ref().and_then(|end| end.instant(zone));
        let to = end.map_or(to, |end| end.min(to));
        let due = self.dates(own, window).into_iter();
        let due =
            due.filter_map(|date| Local::start(own, date.to_datetime(self.start.time.time())));
        let due: Vec<Timestamp> = due.collect();
        let next = due.iter().skip(1).copied().chain([to]);
        let starts = due.iter().zip(next).flat_map(|(due, next)| {
            let steps = self.repeated(*due, next.min(to), window);
            steps
                .into_iter()
                .filter(|start| window.has(*start) && *start < to)
        });
        starts.take(MOST_STARTS + 1).collect()
    }

    /// The dates on which it is due; where it repeats, the last one before the window is among them.
    fn dates(&self, zone: &TimeZone, window: &Window) -> Vec<Date> {
        let first = self.start.time.date();
        let within: Vec<Date> = window.dates(zone).collect();
        let before = within.first().zip(self.repetition);
        let before = before.and_then(|(begin, repetition)| self.before(*begin, repetition));
        let within = within
            .into_iter()
            .filter(|date| self.days.has(*date, first));
        before.into_iter().chain(within).collect()
    }

    /// The last date before this one on which it is due, as far as it may still repeat.
    fn before(&self, begin: Date, repetition: Repetition) -> Option<Date> {
        let first = self.start.time.date();
        if self.days == Days::Once {
            return Some(first).filter(|first| *first < begin);
        }
        let days = repetition
            .length
            .map_or(LOOK_BACK, |length| length.as_hours() / 24 + 2);
        let days = usize::try_from(days.min(LOOK_BACK)).unwrap_or_default();
        let mut before = begin.series(jiff::Span::new().days(-1)).skip(1).take(days);
        before.find(|date| self.days.has(*date, first))
    }

    /// A start, and its repetitions from the window's beginning on and before `to`.
    fn repeated(&self, due: Timestamp, to: Timestamp, window: &Window) -> Vec<Timestamp> {
        let Some(repetition) = self.repetition else {
            return vec![due];
        };
        let end = repetition
            .length
            .and_then(|length| due.checked_add(length).ok());
        let end = end.map_or(to, |end| end.min(to)).as_nanosecond();
        let step = repetition.interval.as_nanos();
        let missed = (window.bounds().0.as_nanosecond() - due.as_nanosecond()).max(0);
        let mut start = due.as_nanosecond() + (missed + step - 1) / step * step;
        let mut starts = vec![];
        while start < end {
            starts.extend(Timestamp::from_nanosecond(start).ok());
            start += step;
        }
        starts
    }
}

impl Boundary {
    fn instant(&self, zone: &TimeZone) -> Option<Timestamp> {
        Local::start(self.zone.as_ref().unwrap_or(zone), self.time)
    }

    fn read(text: &str) -> Option<Self> {
        let pieces = Pieces::parse(text).ok()?;
        let plain = pieces.time_zone_annotation().is_none();
        let time = pieces.date().to_datetime(pieces.time().filter(|_| plain)?);
        let zone = pieces.to_numeric_offset().map(|offset| {
            if offset.is_zero() {
                TimeZone::UTC
            } else {
                TimeZone::fixed(offset)
            }
        });
        Some(Self { time, zone })
    }
}

impl Repetition {
    fn read(repetition: &Element, problems: &mut Problems) -> Option<Self> {
        problems.known(repetition, &["Interval", "Duration", "StopAtDurationEnd"]);
        if repetition.child("Interval").is_none() {
            problems.wrong(repetition, "expected Interval in Repetition");
        }
        let expected = "a length of time from PT1M to P31D";
        let interval = problems.value(repetition, "Interval", expected, |text| {
            length(text).filter(|length| (LEAST_INTERVAL..=LONGEST).contains(length))
        });
        let expected = "a length of time from PT1M on";
        let length = problems.value(repetition, "Duration", expected, |text| {
            length(text).filter(|length| *length >= LEAST_INTERVAL)
        });
        // One that is too long for a calendar has no end.
        let length = length.and_then(|length| SignedDuration::try_from(length).ok());
        Some(Self {
            interval: SignedDuration::try_from(interval?).ok()?,
            length,
        })
    }
}

/// The days, and that the elements are known, with one of when it starts.
fn days(trigger: &Element, problems: &mut Problems) -> Option<Days> {
    let of_calendar = trigger.name == "CalendarTrigger";
    let known = if of_calendar { &OF_CALENDAR[..] } else { &[] };
    problems.known(trigger, &[&OF_ALL, known].concat());
    let days = if of_calendar {
        Days::read(trigger, problems)
    } else {
        Some(Days::Once)
    };
    if trigger.child("StartBoundary").is_none() {
        let name = &trigger.name;
        problems.wrong(trigger, format!("expected StartBoundary in {name}"));
    }
    days
}

fn delay(trigger: &Element, problems: &mut Problems) -> Duration {
    let expected = "a length of time up to P31D, such as PT30S,";
    let delay = problems.value(trigger, "RandomDelay", expected, |text| {
        length(text).filter(|length| *length <= LONGEST)
    });
    delay.unwrap_or_default()
}

fn boundary(trigger: &Element, name: &str, problems: &mut Problems) -> Option<Boundary> {
    let expected = "a date and time such as 2026-11-30T02:00:00 or 2026-11-30T02:00:00Z";
    problems.value(trigger, name, expected, Boundary::read)
}
