//! Units of systemd: a timer and a service for each job.
//!
//! systemd.time(7) has times of a calendar with parts of a second. A timer is late by up to a minute unless `AccuracySec`
//! says otherwise (systemd.timer(5)), so it is as small as can be. The timers are not `Persistent`: after a time without
//! power all that were missed would start at once.

use super::in_short::in_short;
use crate::result::schedule::{Day, Job, Schedule};

/// Of each job the timer, and then the service.
pub(super) fn units(schedule: &Schedule) -> Vec<String> {
    let units = |job: &Job| [timer(schedule, job), service(job)];
    schedule.jobs.iter().flat_map(units).collect()
}

/// It starts the service of the same name.
fn timer(schedule: &Schedule, job: &Job) -> String {
    let days = schedule.weekdays(job.days_later);
    let days = days.map_or(String::new(), |days| {
        let names: Vec<&str> = days.into_iter().map(short).collect();
        format!("{} ", names.join(","))
    });
    let delay = match schedule.random_delay_ms {
        0 => String::new(),
        ms => format!("RandomizedDelaySec={ms}ms\n"),
    };
    format!(
        "# {}\n[Unit]\nDescription={}\n\n[Timer]\nOnCalendar={days}*-*-* {}\nAccuracySec=1us\n{delay}\n\
         [Install]\nWantedBy=timers.target\n",
        in_short(schedule),
        job.name,
        job.at,
    )
}

fn service(job: &Job) -> String {
    let command = job.command.as_deref().unwrap_or_default();
    format!(
        "[Unit]\nDescription={}\n\n[Service]\nType=oneshot\nExecStart=/bin/sh -c \"{}\"\n",
        job.name,
        quoted(command)
    )
}

/// For a word in double quotes of a command line (systemd.service(5)): `%` begins a specifier there, `$` a variable.
fn quoted(command: &str) -> String {
    let escaped = command.replace('\\', r"\\").replace('"', "\\\"");
    escaped.replace('%', "%%").replace('$', "$$")
}

fn short(day: Day) -> &'static str {
    &day.name()[..3]
}
