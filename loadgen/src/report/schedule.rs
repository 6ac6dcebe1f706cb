//! A schedule in the forms in which it can be installed.

mod azure_automation;
mod crontab;
mod in_short;
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
    let one = |name: &str, text| (None, vec![(name.to_owned(), text)]);
    let (folder, files) = match schedule.format {
        ScheduleFormat::Crontab => one("crontab", crontab::text(schedule)),
        ScheduleFormat::AzureAutomation => {
            one("azure-automation.json", azure_automation::text(schedule))
        }
        ScheduleFormat::Json => one("schedule.json", json(schedule)),
        ScheduleFormat::Systemd => (Some("systemd"), systemd::units(schedule)),
        ScheduleFormat::TaskScheduler => (Some("taskscheduler"), task_scheduler::tasks(schedule)),
    };
    Written { folder, files }
}

/// Where a schedule is written, as a user is shown it.
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
