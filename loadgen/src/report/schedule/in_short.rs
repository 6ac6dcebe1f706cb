//! What a schedule is, in a line for its readers.

use crate::result::schedule::{Day, Schedule};

/// The schedule in a line.
#[must_use]
pub(super) fn in_short(schedule: &Schedule) -> String {
    // It may stand in a comment, which ends with its line.
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let scenario: String = schedule.scenario.chars().map(printable).collect();
    let (jobs, starts, days) = (schedule.jobs.len(), starts(schedule), days(schedule));
    format!("{scenario}: {jobs} jobs{starts}, {days}")
}

fn starts(schedule: &Schedule) -> String {
    let first = schedule.at;
    let last = schedule.jobs.last().map_or(schedule.at, |job| job.at);
    match schedule.interval_ms {
        Some(interval) => format!(", one each {interval} ms from {first} to {last}"),
        None => format!(
            " from {first}, each up to {} ms later",
            schedule.random_delay_ms
        ),
    }
}

fn days(schedule: &Schedule) -> String {
    schedule.weekdays(0).map_or("every day".to_owned(), |days| {
        let names: Vec<&str> = days.into_iter().map(Day::name).collect();
        names.join(", ")
    })
}
