//! What a schedule is, in a line for its readers.

use std::fmt::Write;

use crate::result::schedule::{Day, Schedule};

/// The schedule in a line.
#[must_use]
pub(super) fn in_short(schedule: &Schedule) -> String {
    // It may stand in a comment, which ends with its line.
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let scenario: String = schedule.scenario.chars().map(printable).collect();
    let mut text = format!("{scenario}: {} jobs", schedule.jobs.len());
    let last = schedule.jobs.last().map_or(schedule.at, |job| job.at);
    match schedule.interval_ms {
        Some(interval) => write!(
            text,
            ", one each {interval} ms from {} to {last}",
            schedule.at
        ),
        None => write!(
            text,
            " from {}, each up to {} ms later",
            schedule.at, schedule.random_delay_ms
        ),
    }
    .expect("a string takes it all");
    write!(text, ", {}", days(schedule)).expect("a string takes it all");
    text
}

fn days(schedule: &Schedule) -> String {
    schedule.weekdays(0).map_or("every day".to_owned(), |days| {
        let names: Vec<&str> = days.into_iter().map(Day::name).collect();
        names.join(", ")
    })
}
