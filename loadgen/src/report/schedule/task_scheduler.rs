//! Tasks of Windows' Task Scheduler: one file of XML for each job.
//!
//! The elements are those of the Task Scheduler schema, version 1.2 ([MS-TSCH] 2.5, documented). Times are whole seconds:
//! `StartBoundary` is documented as `YYYY-MM-DDTHH:MM:SS`, local time without a zone behind it. `RandomDelay` is an
//! `xs:duration`, also documented to the second. The files are ASCII without a declaration of an encoding, so
//! that both `schtasks /create /xml` and `Register-ScheduledTask -Xml` read them.

use std::fmt::Write;

use super::in_short::in_short;
use crate::result::schedule::{Job, Schedule};

const NAMESPACE: &str = "http://schemas.microsoft.com/windows/2004/02/mit/task";

/// A day that has been: a boundary in the past starts no task late, and the file depends on no clock. It is a Monday.
const FIRST_DAY: &str = "2024-01-01";

pub(super) fn tasks(schedule: &Schedule) -> Vec<String> {
    let jobs = schedule.jobs.iter();
    jobs.map(|job| task(schedule, job)).collect()
}

fn task(schedule: &Schedule, job: &Job) -> String {
    let (program, arguments) = words(job.command.as_deref().unwrap_or_default());
    let arguments = match arguments {
        "" => String::new(),
        arguments => format!("      <Arguments>{}</Arguments>\n", escaped(arguments)),
    };
    let delay = delay(schedule);
    format!(
        "<Task version=\"1.2\" xmlns=\"{NAMESPACE}\">\n\
        \x20 <RegistrationInfo>\n    <Description>{description}</Description>\n  </RegistrationInfo>\n\
        \x20 <Triggers>\n    <CalendarTrigger>\n      <StartBoundary>{FIRST_DAY}T{at}</StartBoundary>\n{delay}{days}    \
        </CalendarTrigger>\n  </Triggers>\n\
        \x20 <Actions>\n    <Exec>\n      <Command>{program}</Command>\n{arguments}    </Exec>\n  </Actions>\n</Task>\n",
        description = escaped(&in_short(schedule)),
        at = job.at,
        days = days(schedule, job),
        program = escaped(program),
    )
}

fn delay(schedule: &Schedule) -> String {
    match schedule.random_delay_ms {
        0 => String::new(),
        ms => format!("      <RandomDelay>PT{}S</RandomDelay>\n", ms / 1000),
    }
}

fn days(schedule: &Schedule, job: &Job) -> String {
    let Some(days) = schedule.weekdays(job.days_later) else {
        return "      <ScheduleByDay>\n        <DaysInterval>1</DaysInterval>\n      </ScheduleByDay>\n".to_owned();
    };
    let days: Vec<String> = days
        .into_iter()
        .map(|day| format!("<{} />", day.name()))
        .collect();
    let days = days.concat();
    format!(
        "      <ScheduleByWeek>\n        <WeeksInterval>1</WeeksInterval>\n        <DaysOfWeek>{days}</DaysOfWeek>\n      \
         </ScheduleByWeek>\n"
    )
}

/// The program of a command, which may be in double quotes, and the rest as it is.
fn words(command: &str) -> (&str, &str) {
    let command = command.trim();
    let quoted = command
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'));
    let (program, arguments) = quoted
        .or_else(|| command.split_once(' '))
        .unwrap_or((command, ""));
    (program, arguments.trim_start())
}

/// Text of XML, in ASCII.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            plain if plain.is_ascii() => out.push(plain),
            other => write!(out, "&#{};", u32::from(other)).expect("a string takes it all"),
        }
    }
    out
}
