//! A schedule in the forms in which it can be installed.

mod azure_automation;
mod crontab;
pub(crate) mod in_short;
mod systemd;
mod task_scheduler;

use crate::report::json;
use crate::result::schedule::{Schedule, ScheduleFormat};

/// What a schedule is written into, below the folder of the plan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// The folder that these files alone are in; none: the plan's own.
    pub folder: Option<&'static str>,
    /// Each file's name, and what is to be in it.
    pub files: Vec<(String, String)>,
}

/// Renders a schedule for what it was made for. Each of its jobs has a command, but in JSON.
#[must_use]
pub(crate) fn written(schedule: &Schedule) -> Written {
    let place = place(schedule.format);
    let texts = match schedule.format {
        ScheduleFormat::Crontab => vec![crontab::text(schedule)],
        ScheduleFormat::AzureAutomation => vec![azure_automation::text(schedule)],
        ScheduleFormat::Json => vec![json(schedule)],
        ScheduleFormat::Systemd => systemd::units(schedule),
        ScheduleFormat::TaskScheduler => task_scheduler::tasks(schedule),
    };
    let jobs: Vec<String> = schedule.jobs.iter().map(|job| job.name.clone()).collect();
    Written {
        folder: place.strip_suffix('/'),
        files: files(schedule.format, &jobs)
            .into_iter()
            .zip(texts)
            .collect(),
    }
}

/// The names of the files that a schedule of these jobs is written into, in their order.
#[must_use]
pub(crate) fn files(format: ScheduleFormat, jobs: &[String]) -> Vec<String> {
    let of_each = |endings: &[&str]| {
        let names = jobs
            .iter()
            .flat_map(|job| endings.iter().map(move |ending| format!("{job}.{ending}")));
        names.collect()
    };
    match format {
        ScheduleFormat::Systemd => of_each(&["timer", "service"]),
        ScheduleFormat::TaskScheduler => of_each(&["xml"]),
        _ => vec![place(format).to_owned()],
    }
}

/// Where a schedule is written, as a user is shown it: a file, or a folder that these files alone are in.
#[must_use]
pub(crate) fn place(format: ScheduleFormat) -> &'static str {
    match format {
        ScheduleFormat::Crontab => "crontab",
        ScheduleFormat::Systemd => "systemd/",
        ScheduleFormat::TaskScheduler => "taskscheduler/",
        ScheduleFormat::AzureAutomation => "azure-automation.json",
        ScheduleFormat::Json => "schedule.json",
    }
}

#[cfg(test)]
mod tests;
