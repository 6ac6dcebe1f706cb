//! A user's crontab. Its times end at the minute, so a job begins with a sleep until its second.
//!
//! The format is that of crontab(5) of Vixie cron, which Debian's cron and cronie read: five fields and a command, in
//! which a `%` that is meant has a backslash before it; days of the week are numbers where there are several.

use std::fmt::Write;

use super::in_short::in_short;
use crate::result::schedule::{Day, Job, Schedule};

pub(super) fn text(schedule: &Schedule) -> String {
    let mut out = format!(
        "# {}\n# Add it to a user's crontab: (crontab -l; cat crontab) | crontab -\n",
        in_short(schedule)
    );
    for job in &schedule.jobs {
        writeln!(out, "{}", line(schedule, job)).expect("a string takes it all");
    }
    out
}

fn line(schedule: &Schedule, job: &Job) -> String {
    let days = schedule.weekdays(job.days_later);
    let days = days.map_or("*".to_owned(), |days| {
        let numbers: Vec<String> = days
            .into_iter()
            .map(|day| number(day).to_string())
            .collect();
        numbers.join(",")
    });
    let command = job.command.as_deref().unwrap_or_default();
    format!(
        "{} {} * * {days} {}{}",
        job.at.minute(),
        job.at.hour(),
        sleep(schedule, job),
        command.replace('%', r"\%")
    )
}

/// Until the job's second, and its random delay. `shuf` draws for each job anew, where a shell's own numbers would be
/// the same for all that start in one second.
fn sleep(schedule: &Schedule, job: &Job) -> String {
    let wait = job.at.into_minute();
    match (schedule.random_delay_ms, wait.as_millis()) {
        (0, 0) => String::new(),
        (0, _) => format!("sleep {}.{:03}; ", wait.as_secs(), wait.subsec_millis()),
        (delay, from) => {
            let to = from + u128::from(delay);
            format!("sleep \"$(shuf -n 1 -i {from}-{to} | awk '{{ print $1 / 1000 }}')\"; ")
        }
    }
}

/// Its number in a crontab.
fn number(day: Day) -> u8 {
    match day {
        Day::Sun => 0,
        Day::Mon => 1,
        Day::Tue => 2,
        Day::Wed => 3,
        Day::Thu => 4,
        Day::Fri => 5,
        Day::Sat => 6,
    }
}
