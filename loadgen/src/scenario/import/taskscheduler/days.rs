//! On which days a trigger is due.

use jiff::civil::Date;

use super::problems::Problems;
use super::told::told;
use super::xml::Element;

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of the last day or week of a month.
const LAST: &str = "Last";

/// Sets are bits, from the lowest on: days of the week from Sunday, all others from their first, which is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// That of its start.
    Once,
    /// So many days apart.
    Daily(i32),
    /// On these days of weeks so many weeks apart. Weeks begin on Sunday (assumed).
    Weekly { apart: i32, days: u32 },
    /// On these days of the month; a bit above the 31st is the last.
    Monthly { days: u32, months: u32 },
    /// On these days of these weeks of the month; the fifth bit is the last week.
    MonthlyOnWeekdays { weeks: u32, days: u32, months: u32 },
}

impl Days {
    /// That of the elements of a `CalendarTrigger`. None: there is none, or it is wrong, which is told.
    pub(super) fn read(trigger: &Element, problems: &mut Problems) -> Option<Self> {
        let schedules = trigger.children.iter();
        let mut schedules = schedules.filter(|child| child.name.starts_with("ScheduleBy"));
        let Some(schedule) = schedules.next() else {
            let expected = "expected ScheduleByDay, ScheduleByWeek, ScheduleByMonth or ScheduleByMonthDayOfWeek in CalendarTrigger";
            problems.wrong(trigger, expected);
            return None;
        };
        if let Some(second) = schedules.next() {
            problems.wrong(
                second,
                "expected one schedule in CalendarTrigger, found a second one",
            );
        }
        match schedule.name.as_str() {
            "ScheduleByDay" => by_day(schedule, problems),
            "ScheduleByWeek" => by_week(schedule, problems),
            "ScheduleByMonth" => by_month(schedule, problems),
            "ScheduleByMonthDayOfWeek" => by_week_of_month(schedule, problems),
            // What is none of these is told by the trigger.
            _ => None,
        }
    }

    /// Whether the trigger that starts on `first` is due on that date.
    pub(super) fn has(&self, date: Date, first: Date) -> bool {
        let since = |date: Date, first: Date| first.until(date).map_or(-1, |span| span.get_days());
        let sunday = |date: Date| {
            let days = i32::from(date.weekday().to_sunday_zero_offset());
            date.checked_sub(jiff::Span::new().days(days))
                .unwrap_or(date)
        };
        let of_month = |months| has(months, date.month().into());
        let of_week = |days: u32| days >> date.weekday().to_sunday_zero_offset() & 1 == 1;
        let is_due = match *self {
            Self::Once => date == first,
            Self::Daily(apart) => since(date, first) % apart == 0,
            Self::Weekly { apart, days } => {
                of_week(days) && since(sunday(date), sunday(first)) / 7 % apart == 0
            }
            Self::Monthly { days, months } => {
                let last = date.day() == date.days_in_month() && has(days, 32);
                of_month(months) && (last || has(days, date.day().into()))
            }
            Self::MonthlyOnWeekdays {
                weeks,
                days,
                months,
            } => {
                let last = date.day() > date.days_in_month() - 7 && has(weeks, 5);
                let week = i32::from((date.day() - 1) / 7 + 1);
                let week = week < 5 && has(weeks, week);
                of_month(months) && of_week(days) && (last || week)
            }
        };
        date >= first && is_due
    }
}

/// Whether a set has a number, from one on.
fn has(set: u32, number: i32) -> bool {
    set >> (number - 1) & 1 == 1
}

fn by_day(schedule: &Element, problems: &mut Problems) -> Option<Days> {
    problems.known(schedule, &["DaysInterval"]);
    let apart = problems.interval(schedule, "DaysInterval", 365);
    apart.map(Days::Daily)
}

fn by_week(schedule: &Element, problems: &mut Problems) -> Option<Days> {
    problems.known(schedule, &["WeeksInterval", "DaysOfWeek"]);
    let apart = problems.interval(schedule, "WeeksInterval", 52);
    let days = names(schedule, "DaysOfWeek", &DAYS, problems);
    let (apart, days) = (apart?, days?);
    Some(Days::Weekly { apart, days })
}

fn by_month(schedule: &Element, problems: &mut Problems) -> Option<Days> {
    problems.known(schedule, &["DaysOfMonth", "Months"]);
    let days = numbers(schedule, ("DaysOfMonth", "Day"), 31, problems);
    let months = months(schedule, problems);
    let (days, months) = (days?, months?);
    Some(Days::Monthly { days, months })
}

fn by_week_of_month(schedule: &Element, problems: &mut Problems) -> Option<Days> {
    problems.known(schedule, &["Weeks", "DaysOfWeek", "Months"]);
    let weeks = numbers(schedule, ("Weeks", "Week"), 4, problems);
    let days = names(schedule, "DaysOfWeek", &DAYS, problems);
    let months = months(schedule, problems);
    let (weeks, days, months) = (weeks?, days?, months?);
    Some(Days::MonthlyOnWeekdays {
        weeks,
        days,
        months,
    })
}

/// All months, where none are named (assumed; the schema lets them be left out).
fn months(schedule: &Element, problems: &mut Problems) -> Option<u32> {
    if schedule.child("Months").is_none() {
        return Some(0xfff);
    }
    names(schedule, "Months", &MONTHS, problems)
}

/// The elements within a list, which there has to be.
fn listed<'e>(schedule: &'e Element, list: &str, problems: &mut Problems) -> Option<&'e [Element]> {
    let children = schedule.child(list).map(|list| &list.children);
    let children = children.filter(|children| !children.is_empty());
    if children.is_none() {
        let within = &schedule.name;
        problems.wrong(schedule, format!("expected {list} in {within}"));
    }
    children.map(Vec::as_slice)
}

/// A set of empty elements with these names.
fn names(schedule: &Element, list: &str, all: &[&str], problems: &mut Problems) -> Option<u32> {
    let mut set = 0;
    for child in listed(schedule, list, problems)? {
        if let Some(place) = all.iter().position(|name| *name == child.name) {
            set |= 1 << place;
        } else {
            let (names, found) = (all.join(", "), told(&child.name));
            problems.wrong(
                child,
                format!("expected one of {names} in {list}, found {found}"),
            );
        }
    }
    Some(set)
}

/// A set of numbers up to `most`, or `Last`, which is the one above.
fn numbers(
    schedule: &Element,
    (list, name): (&str, &str),
    most: u32,
    problems: &mut Problems,
) -> Option<u32> {
    let mut set = 0;
    for child in listed(schedule, list, problems)? {
        let number = match child.text.as_str() {
            LAST => Some(most + 1),
            text => text
                .parse()
                .ok()
                .filter(|number| (1..=most).contains(number)),
        };
        match number.filter(|_| child.name == name) {
            Some(number) => set |= 1 << (number - 1),
            None => problems.wrong(
                child,
                format!(
                    "expected a {name} from 1 to {most} or {LAST} in {list}, found {} \"{}\"",
                    told(&child.name),
                    told(&child.text)
                ),
            ),
        }
    }
    Some(set)
}
