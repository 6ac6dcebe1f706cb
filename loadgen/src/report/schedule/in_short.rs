//! What a schedule is, in a line for its readers.

use std::time::Duration;

use crate::result::schedule::{Day, Schedule};

/// The schedule in a line.
#[must_use]
pub(super) fn in_short(schedule: &Schedule) -> String {
    // It may stand in a comment, which ends with its line.
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let scenario: String = schedule.scenario.chars().map(printable).collect();
    let (jobs, starts, days) = (schedule.jobs.len(), starts(schedule), days(schedule));
    format!("{scenario}: {jobs} jobs, {starts}, {days}")
}

/// When its jobs start, on the clock.
#[must_use]
pub(crate) fn starts(schedule: &Schedule) -> String {
    let (first, last) = (schedule.at, schedule.jobs.last());
    let (last, offset) = last.map_or((first, 0), |job| (job.at, job.offset_ms));
    let Some(interval) = schedule.interval_ms else {
        let until = (offset > 0).then(|| format!(" to {last}"));
        let until = until.unwrap_or_default();
        let delay = seconds(schedule.random_delay_ms);
        return format!("from {first}{until}, each up to {delay} later at random");
    };
    let between = (schedule.jobs.len() as u64).saturating_sub(1);
    // A group that starts later begins after a pause.
    let apart = if offset == between * interval {
        format!("one each {}", seconds(interval))
    } else {
        format!("{} apart or more", seconds(interval))
    };
    format!("{apart} from {first} to {last}")
}

/// To the millisecond.
fn seconds(ms: u64) -> String {
    Duration::from_millis(ms).as_secs_f64().to_string() + " s"
}

fn days(schedule: &Schedule) -> String {
    schedule.weekdays(0).map_or("every day".to_owned(), |days| {
        let names: Vec<&str> = days.into_iter().map(Day::name).collect();
        names.join(", ")
    })
}
