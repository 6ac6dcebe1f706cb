//! Times of a calendar (systemd.time(7), "Calendar Events"), and the instants that they are.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::component::{Component, SECOND};
use crate::scenario::import::local::Local;
use crate::scenario::import::window::{MOST_STARTS, Window};
use crate::scenario::import::zone::zone;

const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Times with a name, as systemd writes them out.
const NAMED: [(&str, &str); 11] = [
    ("minutely", "*-*-* *:*:00"),
    ("hourly", "*-*-* *:00:00"),
    ("daily", "*-*-* 00:00:00"),
    ("weekly", "Mon *-*-* 00:00:00"),
    ("monthly", "*-*-01 00:00:00"),
    ("yearly", "*-01-01 00:00:00"),
    ("annually", "*-01-01 00:00:00"),
    ("quarterly", "*-01,04,07,10-01 00:00:00"),
    ("semiannually", "*-01,07-01 00:00:00"),
    ("semi-annually", "*-01,07-01 00:00:00"),
    ("anually", "*-01-01 00:00:00"),
];

/// The last year that is looked at, as in systemd.
const LAST_YEAR: u64 = 2199;

/// One `OnCalendar`.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    /// A bit for each day from Monday on.
    weekdays: u8,
    years: Component,
    months: Component,
    days: Component,
    /// Days are counted from the month's end.
    from_end: bool,
    hours: Component,
    minutes: Component,
    microseconds: Component,
    /// Its own zone.
    pub(crate) zone: Option<TimeZone>,
}

impl Calendar {
    /// # Errors
    /// What was expected instead of the text.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let named = |text: &str| {
            let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
            let named = NAMED
                .iter()
                .find(|(known, _)| name.eq_ignore_ascii_case(known))?;
            Some(format!("{} {rest}", named.1).trim_end().to_owned())
        };
        let written = named(text).unwrap_or_else(|| text.to_owned());
        let words: Vec<&str> = written.split_whitespace().collect();
        let expected = || {
            format!(
                "expected a time of a calendar such as Mon..Fri *-*-* 02:00:00, found \"{text}\""
            )
        };
        let (words, zone) = with_zone(&words)?;
        let mut calendar = Self::at_midnight();
        calendar.zone = zone;
        let mut rest = words;
        if let Some((days, others)) = rest
            .split_first()
            .and_then(|(word, others)| Some((weekdays(word)?, others)))
        {
            calendar.weekdays = days;
            rest = others;
        }
        if let Some((date, others)) = rest.split_first().filter(|(word, _)| is_date(word)) {
            calendar.date(date).ok_or_else(expected)?;
            rest = others;
        }
        match rest {
            [] if words.is_empty() => Err(expected()),
            [] => Ok(calendar),
            [time] => {
                calendar.time(time).ok_or_else(expected)?;
                calendar.checked(text)
            }
            _ => Err(expected()),
        }
    }

    /// # Errors
    /// If a day has more times than a scenario may have sessions.
    fn checked(self, text: &str) -> Result<Self, String> {
        let times = self.times_a_day();
        if times > MOST_STARTS as u64 {
            return Err(format!(
                "expected {MOST_STARTS} times a day at most, found \"{text}\" with {times}"
            ));
        }
        Ok(self)
    }

    /// Each day at midnight.
    fn at_midnight() -> Self {
        let any = |least, most| Component::read("*", least, most, 1).expect("all values");
        Self {
            weekdays: 0x7f,
            years: any(1970, LAST_YEAR),
            months: any(1, 12),
            days: any(1, 31),
            from_end: false,
            hours: Component::of(0),
            minutes: Component::of(0),
            microseconds: Component::of(0),
            zone: None,
        }
    }

    /// `YEAR-MONTH-DAY`, `MONTH-DAY`, or with `~` before a day that is counted from the end.
    fn date(&mut self, text: &str) -> Option<()> {
        self.from_end = text.contains('~');
        let parts: Vec<&str> = text.split(['-', '~']).collect();
        let (year, month, day) = match parts[..] {
            [month, day] => ("*", month, day),
            [year, month, day] => (year, month, day),
            _ => return None,
        };
        self.years = Component::read(&of_century(year), 1970, LAST_YEAR, 1)?;
        self.months = Component::read(month, 1, 12, 1)?;
        // A month has 28 days for certain (measured: systemd-analyze 252 refuses `~29`).
        let most = if self.from_end { 28 } else { 31 };
        self.days = Component::read(day, 1, most, 1)?;
        Some(())
    }

    /// `HOUR:MINUTE`, or with seconds.
    fn time(&mut self, text: &str) -> Option<()> {
        let parts: Vec<&str> = text.split(':').collect();
        let (hour, minute, second) = match parts[..] {
            [hour, minute] => (hour, minute, "0"),
            [hour, minute, second] => (hour, minute, second),
            _ => return None,
        };
        self.hours = Component::read(hour, 0, 23, 1)?;
        self.minutes = Component::read(minute, 0, 59, 1)?;
        self.microseconds = Component::read(second, 0, 60 * SECOND - 1, SECOND)?;
        Some(())
    }

    /// How many times a day has at most.
    fn times_a_day(&self) -> u64 {
        let all = [&self.hours, &self.minutes, &self.microseconds];
        let counts = all.map(Component::count);
        counts.into_iter().fold(1, u64::saturating_mul)
    }

    /// When it is within the window. Of times that the clock skips there is none, and of those that it shows twice the first is
    /// meant (both measured: systemd-analyze 252).
    pub(crate) fn starts(&self, zone: &TimeZone, window: &Window) -> Vec<Timestamp> {
        let zone = self.zone.as_ref().unwrap_or(zone);
        let dates = window.dates(zone).filter(|date| self.is_on(*date));
        let times = dates.flat_map(|date| self.times(date));
        let start = |time| match Local::of(zone, time)? {
            Local::Once(start) | Local::Twice(start, _) => Some(start),
            Local::Skipped { .. } => None,
        };
        let starts = times.filter_map(start);
        let starts = starts.filter(|start| window.has(*start));
        starts.take(MOST_STARTS + 1).collect()
    }

    fn is_on(&self, date: Date) -> bool {
        let value = |number: i16| u64::try_from(number).unwrap_or_default();
        let day = if self.from_end {
            let left = value((date.days_in_month() - date.day()).into()) + 1;
            self.days.has_from_end(left)
        } else {
            self.days.has(value(date.day().into()))
        };
        let weekday = self.weekdays >> date.weekday().to_monday_zero_offset() & 1 == 1;
        let month = self.months.has(value(date.month().into()));
        day && weekday && month && self.years.has(value(date.year()))
    }

    fn times(&self, date: Date) -> Vec<DateTime> {
        let mut times = vec![];
        for hour in self.hours.values() {
            for minute in self.minutes.values() {
                for microsecond in self.microseconds.values() {
                    times.extend(time(date, hour, minute, microsecond));
                }
            }
        }
        times
    }
}

fn time(date: Date, hour: u64, minute: u64, microsecond: u64) -> Option<DateTime> {
    let small = |number: u64| i8::try_from(number).ok();
    let nanoseconds = i32::try_from(microsecond % SECOND * 1000).ok()?;
    Some(date.at(
        small(hour)?,
        small(minute)?,
        small(microsecond / SECOND)?,
        nanoseconds,
    ))
}

fn is_date(word: &str) -> bool {
    !word.contains(':') && word.contains(['-', '~'])
}

/// The words without a zone at their end, and that.
fn with_zone<'w>(words: &'w [&'w str]) -> Result<(&'w [&'w str], Option<TimeZone>), String> {
    match words.split_last() {
        Some((last, before))
            if last.starts_with(|c: char| c.is_alphabetic()) && weekdays(last).is_none() =>
        {
            Ok((before, Some(zone(last)?)))
        }
        _ => Ok((words, None)),
    }
}

/// A list of days and ranges of them.
fn weekdays(word: &str) -> Option<u8> {
    let day = |text: &str| {
        let text = text.to_ascii_lowercase();
        DAYS.iter()
            .position(|day| *day == text || day[..3] == *text)
    };
    let part = |part: &str| {
        let range = part.split_once("..").or_else(|| part.split_once('-'));
        let (from, to) = range.unwrap_or((part, part));
        let (from, to) = (day(from)?, day(to)?);
        (from <= to).then(|| (from..=to).fold(0, |days, day| days | 1_u8 << day))
    };
    let parts: Option<Vec<u8>> = word.trim_end_matches(',').split(',').map(part).collect();
    parts.map(|parts| parts.into_iter().fold(0, |all, one| all | one))
}

/// A year of two digits is of this century, or of the last one from 70 on.
fn of_century(year: &str) -> String {
    let short = year.len() == 2 && year.bytes().all(|byte| byte.is_ascii_digit());
    let century = if year < "70" { "20" } else { "19" };
    if short {
        format!("{century}{year}")
    } else {
        year.to_owned()
    }
}
